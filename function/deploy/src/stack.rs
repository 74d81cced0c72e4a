//! The CloudFormation stack: what is there, how it changes, and how it goes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::aws::{Aws, is_refused};
use crate::say;

const LOOK_AGAIN: Duration = Duration::from_secs(3);

/// What CloudFormation shows in place of a secret parameter's value.
const MASK: &str = "****";

/// A stack that exists.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(crate) status: String,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) outputs: BTreeMap<String, String>,
}

impl Stack {
    /// Looks for it.
    pub(crate) fn find(aws: &Aws<'_>, name: &str) -> Result<Option<Self>> {
        let found = match aws.ask(&["cloudformation", "describe-stacks", "--stack-name", name]) {
            Ok(found) => found,
            Err(error) if is_refused(&error, "ValidationError") => return Ok(None),
            Err(error) => return Err(error),
        };
        let stack = &found["Stacks"][0];
        let pairs = |list: &str, key: &str, value: &str| {
            let entries = stack[list].as_array().into_iter().flatten();
            entries.map(|entry| (text(&entry[key]), text(&entry[value]))).collect()
        };
        let stack = Self {
            status: text(&stack["StackStatus"]),
            parameters: pairs("Parameters", "ParameterKey", "ParameterValue"),
            outputs: pairs("Outputs", "OutputKey", "OutputValue"),
        };
        Ok((stack.status != "DELETE_COMPLETE" && stack.status != "REVIEW_IN_PROGRESS").then_some(stack))
    }

    /// One of its outputs.
    pub(crate) fn output(&self, name: &str) -> Result<&str> {
        self.outputs.get(name).map(String::as_str).with_context(|| format!("the stack has no output {name}"))
    }

    /// Why it cannot be changed as it is, if it cannot.
    pub(crate) fn problem(&self, name: &str) -> Option<String> {
        match self.status.as_str() {
            "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" | "DELETE_FAILED" => Some(format!(
                "the stack {name} was never finished ({}): take it away with `cargo xtask destroy --stack {name}` first",
                self.status
            )),
            status if status.ends_with("_IN_PROGRESS") => {
                Some(format!("the stack {name} is being changed by somebody ({status}): wait until that is done"))
            }
            _ => None,
        }
    }
}

/// What a stack is to be.
pub(crate) struct Wanted<'a> {
    pub(crate) name: &'a str,
    pub(crate) template: &'a str,
    /// Those that are not here stay as they are.
    pub(crate) parameters: &'a BTreeMap<String, String>,
    /// The template's parameters.
    pub(crate) known: &'a [String],
}

impl Wanted<'_> {
    /// Whether the stack that is there is that already.
    pub(crate) fn is(&self, aws: &Aws<'_>, present: &Stack) -> Result<bool> {
        let template = aws.ask(&["cloudformation", "get-template", "--stack-name", self.name])?;
        let is_same = |(name, value): (&String, &String)| present.parameters.get(name) == Some(value);
        let is_known = |name: &String| present.parameters.contains_key(name);
        Ok(template["TemplateBody"].as_str().map(str::trim_end) == Some(self.template.trim_end())
            && self.parameters.iter().all(is_same)
            && self.known.iter().all(is_known))
    }

    /// Makes the stack so, and waits until it is.
    pub(crate) fn apply(&self, aws: &Aws<'_>, present: Option<&Stack>) -> Result<Stack> {
        let given = |name: &String| self.parameters.get(name).or_else(|| present?.parameters.get(name));
        let parameters: Vec<Value> = self
            .known
            .iter()
            .filter_map(|name| {
                Some(match given(name)?.as_str() {
                    MASK => json!({ "ParameterKey": name, "UsePreviousValue": true }),
                    value => json!({ "ParameterKey": name, "ParameterValue": value }),
                })
            })
            .collect();
        let input = json!({
            "StackName": self.name,
            "TemplateBody": self.template,
            "Parameters": parameters,
            "Capabilities": ["CAPABILITY_IAM"],
        });
        let before = events(aws, self.name).unwrap_or_default().into_iter().map(|event| event.id).collect();
        let (command, goal) = match present {
            None => ("create-stack", "CREATE_COMPLETE"),
            Some(_) => ("update-stack", "UPDATE_COMPLETE"),
        };
        match aws.ask_with(&["cloudformation", command], &input) {
            // CloudFormation itself sees no difference.
            Err(error) if error.to_string().contains("No updates are to be performed") => {}
            Err(error) => return Err(error),
            Ok(_) => follow(aws, self.name, goal, before)?,
        }
        Stack::find(aws, self.name)?.context("the stack was made and is not there")
    }
}

/// Takes the stack away, and waits until it is gone.
pub(crate) fn delete(aws: &Aws<'_>, name: &str) -> Result<()> {
    let before = events(aws, name).unwrap_or_default().into_iter().map(|event| event.id).collect();
    aws.ask(&["cloudformation", "delete-stack", "--stack-name", name])?;
    follow(aws, name, "DELETE_COMPLETE", before)
}

struct Event {
    id: String,
    resource: String,
    status: String,
    reason: String,
}

fn events(aws: &Aws<'_>, name: &str) -> Result<Vec<Event>> {
    let told = aws.ask(&["cloudformation", "describe-stack-events", "--stack-name", name, "--max-items", "100"])?;
    let event = |event: &Value| Event {
        id: text(&event["EventId"]),
        resource: text(&event["LogicalResourceId"]),
        status: text(&event["ResourceStatus"]),
        reason: text(&event["ResourceStatusReason"]),
    };
    // They come with the latest first.
    Ok(told["StackEvents"].as_array().into_iter().flatten().rev().map(event).collect())
}

/// Tells what happens to the stack until it has come to rest.
fn follow(aws: &Aws<'_>, name: &str, goal: &str, mut told: BTreeSet<String>) -> Result<()> {
    let mut failures = Vec::new();
    loop {
        // A stack that is gone has no more events.
        for event in events(aws, name).unwrap_or_default() {
            if !told.insert(event.id) {
                continue;
            }
            say(&format!("  {:<28} {} {}", event.resource, event.status, event.reason));
            if event.status.ends_with("_FAILED") && !event.reason.contains("cancelled") {
                failures.push(format!("{}: {}", event.resource, event.reason));
            }
        }
        let status = Stack::find(aws, name)?.map_or("DELETE_COMPLETE".to_owned(), |stack| stack.status);
        if status == goal {
            return Ok(());
        }
        let rests = !status.ends_with("_IN_PROGRESS");
        if rests {
            bail!("the stack is {status} and should be {goal}:\n  {}", failures.join("\n  "));
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_that_cannot_be_changed_says_what_to_do() {
        for (status, words) in [
            ("CREATE_COMPLETE", None),
            ("UPDATE_COMPLETE", None),
            ("UPDATE_ROLLBACK_COMPLETE", None),
            ("ROLLBACK_COMPLETE", Some("cargo xtask destroy --stack mine")),
            ("DELETE_FAILED", Some("cargo xtask destroy --stack mine")),
            ("UPDATE_IN_PROGRESS", Some("wait")),
        ] {
            let stack = Stack { status: status.to_owned(), parameters: BTreeMap::new(), outputs: BTreeMap::new() };
            let problem = stack.problem("mine");
            assert_eq!(problem.is_some(), words.is_some(), "{status}");
            assert!(problem.unwrap_or_default().contains(words.unwrap_or_default()), "{status}");
        }
    }
}
