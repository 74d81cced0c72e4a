//! The CloudFormation stack: its state, its owner, and how it is changed and deleted.

mod change_set;
mod changes;
mod events;
mod ownership;
#[cfg(test)]
mod script;
mod status;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::Value;

pub(crate) use self::change_set::{Tags, Wanted, discard_left_over};
use self::events::Watch;
pub(crate) use self::ownership::TAG;
use crate::aws::{Aws, is_error};

/// An existing stack that is ours.
#[derive(Debug)]
pub(crate) struct Stack {
    name: String,
    /// Its ARN, which differs from that of any other stack of the same name.
    id: String,
    region: String,
    pub(crate) status: String,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) outputs: BTreeMap<String, String>,
    pub(crate) tags: Tags,
    is_protected: bool,
}

impl Stack {
    /// Finds the stack by its name.
    ///
    /// # Errors
    /// If the stack of that name is not ours.
    pub(crate) fn find(aws: &Aws<'_>, name: &str) -> Result<Option<Self>> {
        let Some(stack) = describe(aws, name)? else { return Ok(None) };
        let status = text(&stack["StackStatus"]);
        if status::is_empty(&status) {
            ownership::ensure_review(aws, name)?;
            return Ok(None);
        }
        if status::is_gone(&status) {
            return Ok(None);
        }
        let pairs = |list: &str, key: &str, value: &str| -> BTreeMap<String, String> {
            let entries = stack[list].as_array().into_iter().flatten();
            entries.map(|entry| (text(&entry[key]), text(&entry[value]))).collect()
        };
        let tags = pairs("Tags", "Key", "Value");
        ownership::ensure(name, &tags, stack["Description"].as_str().unwrap_or_default())?;
        Ok(Some(Self {
            name: name.to_owned(),
            id: text(&stack["StackId"]),
            region: aws.region().to_owned(),
            status,
            parameters: pairs("Parameters", "ParameterKey", "ParameterValue"),
            outputs: pairs("Outputs", "OutputKey", "OutputValue"),
            tags,
            is_protected: stack["EnableTerminationProtection"] == true,
        }))
    }

    /// One of its outputs.
    pub(crate) fn output(&self, name: &str) -> Result<&str> {
        self.outputs.get(name).map(String::as_str).with_context(|| format!("the stack has no output {name}"))
    }

    /// Why it cannot be changed in its current state, if it cannot.
    pub(crate) fn problem(&self, name: &str) -> Option<String> {
        let remedy = status::remedy(&self.status, name, &self.region)?;
        Some(format!("the stack {name} cannot be changed because it is {}: {remedy}", self.status))
    }

    /// Why it cannot be deleted in its current state, if it cannot.
    pub(crate) fn deletion_problem(&self) -> Option<String> {
        status::is_busy(&self.status).then(|| self.problem(&self.name))?
    }

    /// The name that AWS gave to one of its resources. This works even if the stack was never complete and has no
    /// outputs.
    pub(crate) fn resource(&self, aws: &Aws<'_>, logical: &str) -> Result<Option<String>> {
        let found = aws.ask(&["cloudformation", "describe-stack-resources", "--stack-name", &self.id])?;
        let mut resources = found["StackResources"].as_array().into_iter().flatten();
        let resource = resources.find(|resource| resource["LogicalResourceId"] == logical);
        let resource = resource.filter(|resource| resource["ResourceStatus"] != "DELETE_COMPLETE");
        let name = resource.and_then(|resource| resource["PhysicalResourceId"].as_str());
        Ok(name.filter(|name| !name.is_empty()).map(str::to_owned))
    }

    /// Turns CloudFormation's termination protection on or off.
    fn protect(&mut self, aws: &Aws<'_>, is_on: bool) -> Result<()> {
        let option = if is_on { "--enable-termination-protection" } else { "--no-enable-termination-protection" };
        aws.ask(&["cloudformation", "update-termination-protection", "--stack-name", &self.name, option])?;
        self.is_protected = is_on;
        Ok(())
    }

    /// Deletes it, even if it is protected, and waits until it is gone.
    pub(crate) fn delete(mut self, aws: &Aws<'_>) -> Result<()> {
        if self.is_protected {
            self.protect(aws, false)?;
        }
        let watch = Watch::begin(aws, &self.name, &self.id)?;
        aws.ask(&["cloudformation", "delete-stack", "--stack-name", &self.id])?;
        watch.follow("DELETE_COMPLETE", None)
    }
}

/// CloudFormation's description of a stack, by its name or id, if it exists.
fn describe(aws: &Aws<'_>, stack: &str) -> Result<Option<Value>> {
    match aws.ask(&["cloudformation", "describe-stacks", "--stack-name", stack]) {
        Ok(found) => Ok(Some(found["Stacks"][0].clone())),
        // An invalid name or a missing permission gives this code, too.
        Err(error) if is_error(&error, "ValidationError") && error.to_string().contains("does not exist") => Ok(None),
        Err(error) => Err(error).with_context(|| format!("looking for the stack {stack}")),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::script::Script;
    use super::*;

    #[test]
    fn only_the_message_does_not_exist_means_a_missing_stack() {
        let error = |message: &str| {
            format!(
                "describe-stacks) echo 'An error occurred (ValidationError) when calling the DescribeStacks operation: \
                 {message}' >&2; exit 254;;"
            )
        };
        let missing = Script::new(&error("Stack with id mine does not exist"));
        assert!(Stack::find(&missing.aws(), "mine").expect("it is no error").is_none());
        for message in ["Stack name is not valid", "Rate exceeded"] {
            let script = Script::new(&error(message));
            let error = Stack::find(&script.aws(), "mine").expect_err(message);
            assert!(format!("{error:#}").contains(message), "{error:#}");
        }
    }

    #[test]
    fn throttled_calls_are_retried_by_the_command_line() {
        let script = Script::new(
            r#"describe-stacks) echo "{\"Stacks\":[{\"StackStatus\":\"DELETE_COMPLETE\",\"X\":\"$AWS_RETRY_MODE $AWS_MAX_ATTEMPTS\"}]}";;"#,
        );
        let stack = describe(&script.aws(), "mine").expect("it is no error").expect("it exists");
        assert_eq!(stack["X"], "standard 8");
    }

    #[test]
    fn broken_stack_can_be_deleted_unless_cloudformation_is_changing_it() {
        for (status, can_change, can_delete) in [
            ("UPDATE_COMPLETE", true, true),
            ("ROLLBACK_COMPLETE", false, true),
            ("DELETE_FAILED", false, true),
            ("UPDATE_ROLLBACK_FAILED", false, true),
            ("UPDATE_IN_PROGRESS", false, false),
            ("DELETE_IN_PROGRESS", false, false),
        ] {
            let stack = Stack {
                name: "mine".to_owned(),
                id: String::new(),
                region: "eu-west-1".to_owned(),
                status: status.to_owned(),
                parameters: BTreeMap::new(),
                outputs: BTreeMap::new(),
                tags: Tags::new(),
                is_protected: false,
            };
            assert_eq!(stack.problem("mine").is_none(), can_change, "{status}");
            assert_eq!(stack.deletion_problem().is_none(), can_delete, "{status}");
        }
    }
}
