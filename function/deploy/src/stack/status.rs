//! What each status of a stack means for changing it, and the remedy.

/// What can be done with a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It can be changed.
    Ready,
    /// CloudFormation is changing it.
    Busy,
    /// It is empty: a change set was created for it, and not executed.
    Empty,
    /// It was never complete, or is no longer; it can only be deleted.
    Broken,
    /// An update failed, and was not rolled back.
    NotRolledBack,
    /// An update failed, and so did its rollback.
    Stuck,
    /// It no longer exists.
    Gone,
    /// An import of resources failed, which we never do; or a status that is newer than 2026.
    Other,
}

fn state(status: &str) -> State {
    match status {
        "CREATE_COMPLETE"
        | "UPDATE_COMPLETE"
        | "UPDATE_ROLLBACK_COMPLETE"
        | "IMPORT_COMPLETE"
        | "IMPORT_ROLLBACK_COMPLETE" => State::Ready,
        "REVIEW_IN_PROGRESS" => State::Empty,
        "CREATE_FAILED" | "ROLLBACK_FAILED" | "ROLLBACK_COMPLETE" | "DELETE_FAILED" => State::Broken,
        "UPDATE_FAILED" => State::NotRolledBack,
        "UPDATE_ROLLBACK_FAILED" => State::Stuck,
        "DELETE_COMPLETE" => State::Gone,
        status if is_busy(status) => State::Busy,
        _ => State::Other,
    }
}

/// Whether CloudFormation is changing the stack.
pub(super) fn is_busy(status: &str) -> bool {
    status.ends_with("_IN_PROGRESS")
}

/// Whether the stack is empty.
pub(super) fn is_empty(status: &str) -> bool {
    state(status) == State::Empty
}

/// Whether the stack no longer exists.
pub(super) fn is_gone(status: &str) -> bool {
    state(status) == State::Gone
}

/// What to do first if a stack cannot be changed in its current state.
pub(super) fn remedy(status: &str, name: &str, region: &str) -> Option<String> {
    let stack = format!("--stack-name {name} --region {region}");
    Some(match state(status) {
        State::Ready | State::Empty | State::Gone => return None,
        State::Busy => "wait until CloudFormation is done with it".to_owned(),
        State::Broken => format!("delete it with `cargo xtask destroy --stack {name} --region {region}`"),
        State::NotRolledBack => format!("run `aws cloudformation rollback-stack {stack}`"),
        State::Stuck => format!(
            "run `aws cloudformation continue-update-rollback {stack}`; if a resource cannot be rolled back, name it in \
             `--resources-to-skip`"
        ),
        State::Other => format!("inspect it with `aws cloudformation describe-stack-events {stack}`"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All statuses of CloudFormation (`StackStatus` in its API reference), each with a part of its remedy.
    const ALL: [(&str, Option<&str>); 23] = [
        ("CREATE_IN_PROGRESS", Some("wait")),
        ("CREATE_FAILED", Some("cargo xtask destroy --stack mine --region eu-west-1")),
        ("CREATE_COMPLETE", None),
        ("ROLLBACK_IN_PROGRESS", Some("wait")),
        ("ROLLBACK_FAILED", Some("cargo xtask destroy --stack mine")),
        ("ROLLBACK_COMPLETE", Some("cargo xtask destroy --stack mine")),
        ("DELETE_IN_PROGRESS", Some("wait")),
        ("DELETE_FAILED", Some("cargo xtask destroy --stack mine")),
        ("DELETE_COMPLETE", None),
        ("UPDATE_IN_PROGRESS", Some("wait")),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", Some("wait")),
        ("UPDATE_COMPLETE", None),
        ("UPDATE_FAILED", Some("aws cloudformation rollback-stack --stack-name mine --region eu-west-1")),
        ("UPDATE_ROLLBACK_IN_PROGRESS", Some("wait")),
        ("UPDATE_ROLLBACK_FAILED", Some("aws cloudformation continue-update-rollback --stack-name mine")),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", Some("wait")),
        ("UPDATE_ROLLBACK_COMPLETE", None),
        ("REVIEW_IN_PROGRESS", None),
        ("IMPORT_IN_PROGRESS", Some("wait")),
        ("IMPORT_COMPLETE", None),
        ("IMPORT_ROLLBACK_IN_PROGRESS", Some("wait")),
        ("IMPORT_ROLLBACK_FAILED", Some("describe-stack-events")),
        ("IMPORT_ROLLBACK_COMPLETE", None),
    ];

    #[test]
    fn every_status_has_the_right_remedy() {
        for (status, words) in ALL {
            let remedy = remedy(status, "mine", "eu-west-1");
            assert_eq!(remedy.is_some(), words.is_some(), "{status}: {remedy:?}");
            assert!(remedy.unwrap_or_default().contains(words.unwrap_or_default()), "{status}");
        }
        assert!(
            remedy("SOMETHING_NEW", "mine", "eu-west-1").is_some(),
            "a stack with an unknown status is not changed"
        );
    }
}
