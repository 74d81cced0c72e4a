//! What the deployment's template promises, each read from the template itself: whoever changes it and breaks one is told
//! which. Whether CloudFormation knows all that is in it is for cfn-lint to say, another step of `cargo xtask test`.

#![allow(unreachable_pub, reason = "a test binary has no public side")]

mod addresses;
mod alarms;
mod closed;
mod distribution;
mod function;

use deploy::{template, template_path};
use serde_json::Value;

/// The template.
fn whole() -> Value {
    template::read(&template_path()).expect("the template is right")
}

/// The properties of a resource.
fn properties(name: &str) -> Value {
    whole()["Resources"][name]["Properties"].take()
}

/// What CloudFront is configured to do.
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

/// A value that may be one or several, as policies have it.
fn each(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |items| items.iter().collect())
}
