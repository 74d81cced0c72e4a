//! Changes a stack in two steps: CloudFormation computes a change set, and then executes it. Creating a stack, updating
//! it and finding nothing to do share one path.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::events::Watch;
use super::ownership::{CHANGE_SETS, TAG};
use super::{Stack, changes, describe, ownership, status, text};
use crate::aws::Aws;
use crate::hash::hex;
use crate::say;

const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// What CloudFormation shows instead of a secret parameter's value.
const MASK: &str = "****";

/// Tags of a stack, which CloudFormation passes on to its resources.
pub(crate) type Tags = BTreeMap<String, String>;

/// The desired state of a stack.
pub(crate) struct Wanted<'a> {
    pub(crate) name: &'a str,
    /// `None` for the stack's current template.
    pub(crate) template: Option<&'a str>,
    /// The parameters to set. The others keep their values.
    pub(crate) parameters: &'a BTreeMap<String, String>,
    /// The template's parameters.
    pub(crate) known: &'a [String],
}

impl<'a> Wanted<'a> {
    /// Creates or updates the stack, and waits until that is done.
    pub(crate) fn apply(&self, aws: &Aws<'_>, present: Option<&Stack>) -> Result<Stack> {
        match self.prepare(aws, present, &Tags::new())? {
            Some(change) => change.execute(aws),
            None => found(aws, self.name),
        }
    }

    /// Lets CloudFormation compute a change set; `None` if there are no changes. `tags` are added to those of the
    /// stack. The result must be executed or discarded.
    pub(crate) fn prepare(&self, aws: &Aws<'_>, present: Option<&Stack>, tags: &Tags) -> Result<Option<ChangeSet<'a>>> {
        if present.is_none() {
            discard_left_over(aws, self.name)?;
        }
        let name = change_set_name()?;
        let input = self.input(&name, present, tags);
        let made = match aws.ask_with(&["cloudformation", "create-change-set"], &input) {
            Err(error) if is_empty(&error.to_string()) => return Ok(None),
            made => made?,
        };
        let mut change = ChangeSet {
            stack_name: self.name,
            id: text(&made["Id"]),
            stack: text(&made["StackId"]),
            name,
            is_new: present.is_none(),
            answer: Value::Null,
        };
        let created = change.wait(aws);
        if !matches!(created, Ok(true)) {
            change.discard(aws).context("deleting the change set that CloudFormation could not create")?;
        }
        Ok(created?.then_some(change))
    }

    fn input(&self, change_set: &str, present: Option<&Stack>, tags: &Tags) -> Value {
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
        // The list replaces the stack's.
        let mut all = present.map(|stack| stack.tags.clone()).unwrap_or_default();
        all.extend(tags.clone());
        all.insert(TAG.to_owned(), self.name.to_owned());
        let tags: Vec<Value> = all.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
        let mut input = json!({
            "StackName": self.name,
            "ChangeSetName": change_set,
            "ChangeSetType": if present.is_some() { "UPDATE" } else { "CREATE" },
            "Parameters": parameters,
            "Capabilities": ["CAPABILITY_IAM"],
            "Tags": tags,
        });
        match self.template {
            Some(template) => input["TemplateBody"] = template.into(),
            None => input["UsePreviousTemplate"] = true.into(),
        }
        input
    }
}

/// A change set that CloudFormation has computed.
#[derive(Debug)]
pub(crate) struct ChangeSet<'a> {
    stack_name: &'a str,
    /// Its ARN.
    id: String,
    name: String,
    /// The stack's id.
    stack: String,
    is_new: bool,
    /// As CloudFormation describes it.
    answer: Value,
}

impl ChangeSet<'_> {
    /// The changes, one line for each resource.
    pub(crate) fn lines(&self) -> Vec<String> {
        changes::lines(&self.answer)
    }

    /// Waits until CloudFormation has computed it. Returns whether there are changes.
    fn wait(&mut self, aws: &Aws<'_>) -> Result<bool> {
        loop {
            let answer = aws.ask(&["cloudformation", "describe-change-set", "--change-set-name", &self.id])?;
            let reason = text(&answer["StatusReason"]);
            match answer["Status"].as_str().unwrap_or_default() {
                "CREATE_COMPLETE" => {
                    self.answer = answer;
                    return Ok(true);
                }
                "CREATE_PENDING" | "CREATE_IN_PROGRESS" => std::thread::sleep(POLL_INTERVAL),
                "FAILED" if is_empty(&reason) => return Ok(false),
                status => bail!(
                    "CloudFormation does not accept this change of the stack {}, and nothing was changed: {}",
                    self.stack_name,
                    if reason.is_empty() { status } else { &reason }
                ),
            }
        }
    }

    /// Executes it, and waits until it is done. A new stack is protected, so that only `cargo xtask destroy` deletes
    /// it.
    pub(crate) fn execute(self, aws: &Aws<'_>) -> Result<Stack> {
        let watch = Watch::begin(aws, self.stack_name, &self.stack)?;
        let execute = ["cloudformation", "execute-change-set", "--change-set-name", &self.id];
        // With the token, a request that the command line retries is executed only once.
        if let Err(error) = aws.ask(&[&execute[..], &["--client-request-token", &self.name]].concat()) {
            // The first error matters more than one of the clean-up, which the next run repeats.
            let _ = self.discard(aws);
            return Err(error);
        }
        let goal = if self.is_new { "CREATE_COMPLETE" } else { "UPDATE_COMPLETE" };
        watch.follow(goal, Some(self.lines().len()))?;
        let mut stack = found(aws, self.stack_name)?;
        if self.is_new {
            stack.protect(aws, true)?;
        }
        Ok(stack)
    }

    /// Deletes it without executing it. If it was for a new stack, the empty stack that it created is deleted, too.
    pub(crate) fn discard(&self, aws: &Aws<'_>) -> Result<()> {
        aws.ask(&["cloudformation", "delete-change-set", "--change-set-name", &self.id])?;
        if self.is_new { delete_empty(aws, &self.stack) } else { Ok(()) }
    }
}

/// Deletes an empty stack, left by a run that ended before it could execute or discard its change set. Returns whether
/// there was one.
pub(crate) fn discard_left_over(aws: &Aws<'_>, name: &str) -> Result<bool> {
    let Some(found) = describe(aws, name)?.filter(|stack| status::is_empty(&text(&stack["StackStatus"]))) else {
        return Ok(false);
    };
    ownership::ensure_review(aws, name)?;
    say(&format!("deleting the empty stack {name} that an earlier run left"));
    delete_empty(aws, &text(&found["StackId"]))?;
    Ok(true)
}

/// Deletes an empty stack by its id, and waits until its name is free.
fn delete_empty(aws: &Aws<'_>, stack: &str) -> Result<()> {
    aws.ask(&["cloudformation", "delete-stack", "--stack-name", stack])?;
    loop {
        let status = describe(aws, stack)?.map_or_else(String::new, |stack| text(&stack["StackStatus"]));
        if status.is_empty() || status::is_gone(&status) {
            return Ok(());
        }
        if !status::is_busy(&status) {
            bail!("the empty stack {stack} could not be deleted: it is {status}");
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}

/// Whether CloudFormation reports that there is nothing to change, for which it has two messages.
fn is_empty(reason: &str) -> bool {
    reason.contains("didn't contain changes") || reason.contains("No updates are to be performed")
}

/// A unique name for a change set of the stack.
fn change_set_name() -> Result<String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).context("the system provides no random bytes")?;
    Ok(format!("{CHANGE_SETS}{}", hex(&bytes)))
}

fn found(aws: &Aws<'_>, name: &str) -> Result<Stack> {
    Stack::find(aws, name)?.with_context(|| format!("the stack {name} no longer exists"))
}

#[cfg(test)]
mod tests {
    use super::super::script::Script;
    use super::*;

    const CREATE: &str = r#"create-change-set) echo '{"Id":"the-set","StackId":"the-stack"}';;"#;

    fn present() -> Stack {
        let script = Script::new(
            r#"describe-stacks) echo '{"Stacks":[{"StackId":"the-stack","StackStatus":"UPDATE_COMPLETE","Tags":[{"Key":"aniapi-login-stack","Value":"mine"},{"Key":"Project","Value":"x"}],"Parameters":[{"ParameterKey":"A","ParameterValue":"a"},{"ParameterKey":"B","ParameterValue":"****"}]}]}';;"#,
        );
        Stack::find(&script.aws(), "mine").expect("it is no error").expect("it exists")
    }

    fn wanted<'a>(parameters: &'a BTreeMap<String, String>, known: &'a [String]) -> Wanted<'a> {
        Wanted { name: "mine", template: None, parameters, known }
    }

    #[test]
    fn change_set_without_changes_is_deleted_and_means_nothing_to_do() {
        for reason in ["The submitted information didn't contain changes.", "No updates are to be performed."] {
            let describe =
                format!(r#"describe-change-set) echo "{{\"Status\":\"FAILED\",\"StatusReason\":\"{reason}\"}}";;"#);
            let script = Script::new(&format!("{CREATE}\n{describe}"));
            let (aws, none) = (script.aws(), BTreeMap::new());
            let change = wanted(&none, &[]).prepare(&aws, Some(&present()), &Tags::new());
            assert!(change.expect("it is no error").is_none(), "{reason}");
            assert_eq!(script.calls(), ["create-change-set", "describe-change-set", "delete-change-set"]);
        }
    }

    #[test]
    fn failed_change_set_is_deleted_and_its_reason_is_reported() {
        let describe = r#"describe-change-set) if [ -e "$folder/asked" ]; then echo '{"Status":"FAILED","StatusReason":"No such parameter"}'; else touch "$folder/asked"; echo '{"Status":"CREATE_PENDING"}'; fi;;"#;
        let script = Script::new(&format!("{CREATE}\n{describe}"));
        let (aws, none) = (script.aws(), BTreeMap::new());
        let error = wanted(&none, &[]).prepare(&aws, Some(&present()), &Tags::new()).expect_err("it failed");
        assert!(error.to_string().contains("No such parameter"), "{error}");
        let calls = ["create-change-set", "describe-change-set", "describe-change-set", "delete-change-set"];
        assert_eq!(script.calls(), calls);
    }

    #[test]
    fn empty_stack_is_deleted_if_its_change_set_cannot_be_executed() {
        let script = Script::new(&format!(
            r#"{CREATE}
            describe-stacks) if [ -e "$folder/deleted" ] || ! [ -e "$folder/made" ]; then touch "$folder/made"
                echo 'An error occurred (ValidationError) when calling X: Stack does not exist' >&2; exit 254
                else touch "$folder/deleted"; echo '{{"Stacks":[{{"StackStatus":"DELETE_IN_PROGRESS"}}]}}'; fi;;
            describe-change-set) echo '{{"Status":"CREATE_COMPLETE","Changes":[]}}';;
            describe-stack-events) echo '{{"StackEvents":[]}}';;
            execute-change-set) echo 'An error occurred (LimitExceeded) when calling X: not now' >&2; exit 254;;"#
        ));
        let (aws, none) = (script.aws(), BTreeMap::new());
        let change = wanted(&none, &[]).prepare(&aws, None, &Tags::new()).expect("it is made").expect("it is new");
        let error = change.execute(&aws).expect_err("it cannot be executed");
        assert!(error.to_string().contains("not now"), "{error}");
        let calls = script.calls();
        let end = ["execute-change-set", "delete-change-set", "delete-stack", "describe-stacks", "describe-stacks"];
        assert!(calls.ends_with(&end.map(str::to_owned)), "{calls:?}");
    }

    #[test]
    fn change_set_keeps_values_tags_and_secrets_that_are_not_given() {
        let parameters = [("C".to_owned(), "c".to_owned())].into();
        let known = ["A", "B", "C", "D"].map(str::to_owned);
        let tags = [("Owner".to_owned(), "y".to_owned())].into();
        let input = wanted(&parameters, &known).input("set", Some(&present()), &tags);
        assert_eq!(
            input,
            json!({
                "StackName": "mine", "ChangeSetName": "set", "ChangeSetType": "UPDATE", "UsePreviousTemplate": true,
                "Capabilities": ["CAPABILITY_IAM"],
                "Parameters": [
                    { "ParameterKey": "A", "ParameterValue": "a" },
                    { "ParameterKey": "B", "UsePreviousValue": true },
                    { "ParameterKey": "C", "ParameterValue": "c" },
                ],
                "Tags": [
                    { "Key": "Owner", "Value": "y" },
                    { "Key": "Project", "Value": "x" },
                    { "Key": "aniapi-login-stack", "Value": "mine" },
                ],
            })
        );
        assert_eq!(wanted(&parameters, &known).input("set", None, &tags)["ChangeSetType"], "CREATE");
    }
}
