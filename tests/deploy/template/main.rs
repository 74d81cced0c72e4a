//! Properties of the deployment's template, checked in the template itself, so that a failing test names what a change
//! breaks. cfn-lint, another step of `cargo xtask test`, checks that it is valid CloudFormation.

#![allow(unreachable_pub, reason = "a test binary has no public side")]

mod addresses;
mod alarms;
mod closed;
mod distribution;
mod filters;
mod function;
mod operations;
mod policy;

mod rates;

use std::io::Write as _;
use std::process::Stdio;

use deploy::{template, template_path};
use serde_json::Value;
use xtask::tools::{self, Tool};

/// The template.
fn whole() -> Value {
    template::read(&template_path()).expect("the template is valid")
}

/// The properties of a resource.
fn properties(name: &str) -> Value {
    whole()["Resources"][name]["Properties"].take()
}

/// The configuration of the distribution.
fn distribution() -> Value {
    properties("Distribution")["DistributionConfig"].take()
}

/// The resources of a type, by name.
fn all(kind: &str) -> Vec<(String, Value)> {
    let template = whole();
    let resources = template["Resources"].as_object().expect("there are resources").iter();
    resources
        .filter(|(_, resource)| resource["Type"] == kind)
        .map(|(name, resource)| (name.clone(), resource.clone()))
        .collect()
}

/// Calls `visit` with every member of every object, with the path that leads to it.
fn walk(value: &Value, path: &str, visit: &mut impl FnMut(&str, &str, &Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                visit(path, name, member);
                walk(member, &format!("{path}/{name}"), visit);
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                walk(item, &format!("{path}/{place}"), visit);
            }
        }
        _ => {}
    }
}

/// The values of a member of a policy, which may be one or a list.
fn each(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |items| items.iter().collect())
}

/// Runs a script with Node and this input, and returns the JSON that it prints.
fn node(script: &str, input: &[u8]) -> Value {
    let toolbox = tools::ensure(&[Tool::Node]).expect("Node is found or installed");
    let mut node = toolbox.command("node");
    node.args(["-e", script]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = node.spawn().expect("node starts");
    node.stdin.take().expect("it is piped").write_all(input).expect("node listens");
    let output = node.wait_with_output().expect("node exits");
    assert!(output.status.success(), "the script does not run");
    serde_json::from_slice(&output.stdout).expect("node prints JSON")
}
