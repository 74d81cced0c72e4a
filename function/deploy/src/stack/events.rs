//! Follows the events of a stack while CloudFormation changes it: reports progress, and the cause of a failure.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::{describe, status, text};
use crate::aws::Aws;
use crate::say;

const POLL_INTERVAL: Duration = Duration::from_secs(3);

#[derive(Clone, Debug)]
struct Event {
    id: String,
    resource: String,
    kind: String,
    status: String,
    reason: String,
}

impl Event {
    fn read(event: &Value) -> Self {
        Self {
            id: text(&event["EventId"]),
            resource: text(&event["LogicalResourceId"]),
            kind: text(&event["ResourceType"]),
            status: text(&event["ResourceStatus"]),
            reason: text(&event["ResourceStatusReason"]),
        }
    }

    /// Whether it is an event of the stack itself.
    fn is_of_stack(&self) -> bool {
        self.kind == "AWS::CloudFormation::Stack"
    }

    /// Whether it is the cause of a failure. If one resource fails, CloudFormation cancels the others that are in
    /// progress.
    fn is_cause(&self) -> bool {
        !self.is_of_stack() && self.status.ends_with("_FAILED") && !self.reason.to_ascii_lowercase().contains("cancel")
    }
}

/// The latest events, oldest first. `stack` is the stack's id, by which they can be read even after it is deleted.
fn read(aws: &Aws<'_>, stack: &str) -> Result<Vec<Event>> {
    let read = aws.ask(&["cloudformation", "describe-stack-events", "--stack-name", stack, "--max-items", "300"])?;
    Ok(read["StackEvents"].as_array().into_iter().flatten().rev().map(Event::read).collect())
}

/// Follows the events of a stack from now on.
pub(super) struct Watch<'a> {
    aws: &'a Aws<'a>,
    name: &'a str,
    /// The stack's id.
    stack: &'a str,
    seen: BTreeSet<String>,
}

impl<'a> Watch<'a> {
    /// Begins to watch. Call it before the change that is to be followed.
    pub(super) fn begin(aws: &'a Aws<'a>, name: &'a str, stack: &'a str) -> Result<Self> {
        let seen = read(aws, stack)?.into_iter().map(|event| event.id).collect();
        Ok(Self { aws, name, stack, seen })
    }

    /// Reports progress until the stack is stable. `total` is the number of resources that change, if known.
    ///
    /// # Errors
    /// If the stack does not reach `goal`; the error has the cause and a remedy.
    pub(super) fn follow(mut self, goal: &str, total: Option<usize>) -> Result<()> {
        let mut happened = Vec::new();
        let mut progress = Progress::new(total);
        loop {
            let context =
                "the connection to CloudFormation was lost, and the change continues: run this command again later";
            for event in read(self.aws, self.stack).context(context)? {
                if self.seen.insert(event.id.clone()) {
                    progress.report(&event);
                    happened.push(event);
                }
            }
            // The status by itself may still be the previous one.
            let own = happened.iter().rev().find(|event| event.is_of_stack());
            if own.is_some_and(|event| !status::is_busy(&event.status)) {
                let stack = describe(self.aws, self.stack).context(context)?;
                let now = stack.map_or_else(|| "DELETE_COMPLETE".to_owned(), |stack| text(&stack["StackStatus"]));
                if now == goal {
                    return Ok(());
                }
                if !status::is_busy(&now) {
                    bail!("{}", failure(self.name, self.aws.region(), &now, &happened));
                }
            }
            std::thread::sleep(POLL_INTERVAL);
        }
    }
}

/// The progress that is shown.
struct Progress {
    total: Option<usize>,
    begun: BTreeSet<String>,
    done: BTreeSet<String>,
}

impl Progress {
    fn new(total: Option<usize>) -> Self {
        Self { total, begun: BTreeSet::new(), done: BTreeSet::new() }
    }

    fn report(&mut self, event: &Event) {
        if let Some(line) = self.line(event) {
            say(&line);
        }
    }

    /// The line for an event, if it is the first of its kind for its resource.
    fn line(&mut self, event: &Event) -> Option<String> {
        if event.is_of_stack() {
            return None;
        }
        if status::is_busy(&event.status) && !self.begun.insert(format!("{} {}", event.resource, event.status)) {
            return None;
        }
        if event.status.ends_with("_COMPLETE") {
            self.done.insert(event.resource.clone());
        }
        let done = self.done.len();
        let count = self.total.map_or_else(|| format!("{done:>3}"), |total| format!("{done:>3}/{}", total.max(done)));
        Some(format!("  {count}  {:<28} {} {}", event.resource, event.status, event.reason).trim_end().to_owned())
    }
}

/// The message about a failed change, with its cause and a remedy.
fn failure(name: &str, region: &str, now: &str, happened: &[Event]) -> String {
    let cause = happened.iter().find(|event| event.is_cause());
    // If the template is rejected as a whole, only the stack has a reason.
    let cause = cause.or_else(|| happened.iter().find(|event| event.is_of_stack() && !event.reason.is_empty()));
    let why = cause.map_or_else(
        || "CloudFormation gave no reason".to_owned(),
        |event| format!("{} ({}) {}: {}", event.resource, event.kind, event.status, event.reason),
    );
    let what = match (status::remedy(now, name, region), now) {
        (_, "DELETE_FAILED") => {
            let failed = happened.iter().filter(|event| event.status == "DELETE_FAILED" && !event.is_of_stack());
            let failed: Vec<_> = failed.map(|event| event.resource.as_str()).collect();
            format!(
                "fix the cause and run `cargo xtask destroy --stack {name} --region {region}` again. To keep these \
                 resources instead: `aws cloudformation delete-stack --stack-name {name} --region {region} \
                 --retain-resources {}`",
                failed.join(" ")
            )
        }
        (Some(remedy), _) => format!("fix the cause, then {remedy}, and run this command again"),
        (None, "UPDATE_ROLLBACK_COMPLETE") => {
            "the stack was rolled back to its previous state: fix the cause and run this command again".to_owned()
        }
        (None, _) => "fix the cause and run this command again".to_owned(),
    };
    format!("the stack {name} is {now}.\n  cause: {why}\n  remedy: {what}")
}

#[cfg(test)]
mod tests {
    use super::super::script::Script;
    use super::*;

    fn event(resource: &str, status: &str, reason: &str) -> Event {
        let kind = if resource == "mine" { "AWS::CloudFormation::Stack" } else { "AWS::X::Y" };
        let [id, resource, kind, status, reason] = ["", resource, kind, status, reason].map(str::to_owned);
        Event { id, resource, kind, status, reason }
    }

    #[test]
    fn first_failure_is_reported_with_a_remedy() {
        let happened = [
            event("mine", "UPDATE_IN_PROGRESS", "User Initiated"),
            event("SiteAddresses", "UPDATE_FAILED", "Resource update cancelled"),
            event("Function", "UPDATE_FAILED", "S3 Error Code: NoSuchKey"),
            event("SiteBucket", "UPDATE_FAILED", "another reason"),
            event("mine", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [Function]"),
        ];
        for (now, words) in [
            ("UPDATE_ROLLBACK_COMPLETE", "the stack was rolled back to its previous state"),
            ("ROLLBACK_COMPLETE", "cargo xtask destroy --stack mine --region eu-west-1"),
            ("UPDATE_ROLLBACK_FAILED", "aws cloudformation continue-update-rollback --stack-name mine"),
        ] {
            let message = failure("mine", "eu-west-1", now, &happened);
            assert!(message.contains("Function (AWS::X::Y) UPDATE_FAILED: S3 Error Code: NoSuchKey"), "{message}");
            assert!(message.contains(words) && message.contains(now), "{message}");
            assert!(!message.contains("cancelled") && !message.contains("another reason"), "{message}");
        }
        let whole = [event("mine", "ROLLBACK_IN_PROGRESS", "Access denied")];
        assert!(failure("mine", "eu-west-1", "ROLLBACK_COMPLETE", &whole).contains("Access denied"));
        assert!(failure("mine", "eu-west-1", "ROLLBACK_COMPLETE", &[]).contains("no reason"));
    }

    #[test]
    fn stack_is_followed_until_its_own_final_event() {
        let event = |id: &str, kind: &str, status: &str| {
            format!(
                r#"{{"EventId":"{id}","LogicalResourceId":"x","ResourceType":"{kind}","ResourceStatus":"{status}"}}"#
            )
        };
        let (old, stack) = (event("1", "AWS::CloudFormation::Stack", "UPDATE_COMPLETE"), "AWS::CloudFormation::Stack");
        let begun = event("2", stack, "UPDATE_IN_PROGRESS");
        let done = event("3", stack, "UPDATE_COMPLETE");
        // The first two reads show only the previous events; the status is the goal's all the time.
        let script = Script::new(&format!(
            r#"describe-stack-events) echo x >> "$folder/looks"
                case $(wc -l < "$folder/looks") in
                1|2) echo '{{"StackEvents":[{old}]}}';;
                *) echo '{{"StackEvents":[{done},{begun},{old}]}}';;
                esac;;
            describe-stacks) echo '{{"Stacks":[{{"StackStatus":"UPDATE_COMPLETE"}}]}}';;"#
        ));
        let aws = script.aws();
        Watch::begin(&aws, "mine", "the-stack")
            .expect("it begins")
            .follow("UPDATE_COMPLETE", None)
            .expect("it is done");
        let events = "describe-stack-events".to_owned();
        assert_eq!(script.calls(), [events.clone(), events.clone(), events, "describe-stacks".to_owned()]);
    }

    #[test]
    fn resources_that_cannot_be_deleted_are_named() {
        let happened = [
            event("SiteBucket", "DELETE_FAILED", "The bucket is not empty"),
            event("FunctionLog", "DELETE_FAILED", "Access denied"),
            event("mine", "DELETE_FAILED", "The following resource(s) failed to delete"),
        ];
        let message = failure("mine", "eu-west-1", "DELETE_FAILED", &happened);
        assert!(message.contains("The bucket is not empty"), "{message}");
        assert!(message.ends_with("--retain-resources SiteBucket FunctionLog`"), "{message}");
    }

    #[test]
    fn progress_counts_the_resources_that_are_done() {
        let mut progress = Progress::new(Some(2));
        let mut line = |resource, status, reason| progress.line(&event(resource, status, reason));
        assert_eq!(line("mine", "UPDATE_IN_PROGRESS", "User Initiated"), None);
        assert_eq!(
            line("A", "CREATE_IN_PROGRESS", "").as_deref(),
            Some("    0/2  A                            CREATE_IN_PROGRESS")
        );
        assert_eq!(line("A", "CREATE_IN_PROGRESS", "Resource creation Initiated"), None);
        assert!(line("A", "CREATE_COMPLETE", "").is_some_and(|line| line.contains("1/2")));
        assert!(line("B", "CREATE_FAILED", "no").is_some_and(|line| line.ends_with("CREATE_FAILED no")));
    }
}
