//! Checks that a stack is ours. A stack of another origin may have the same name, and updating or deleting it would
//! delete its resources.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use crate::aws::Aws;

/// The tag of each of our stacks and of its secret. Its value is the stack's name.
pub(crate) const TAG: &str = "aniapi-login-stack";

/// The description in the template of deployments that are older than the tag.
const FORMER_DESCRIPTION: &str = "Sign in with AniAPI - the app and its function";

/// The prefix of our change sets' names.
pub(super) const CHANGE_SETS: &str = "aniapi-login-";

/// Fails if a stack of this name is not ours.
pub(super) fn ensure(name: &str, tags: &BTreeMap<String, String>, description: &str) -> Result<()> {
    let is_ours = match tags.get(TAG) {
        Some(owner) => owner == name,
        None => description == FORMER_DESCRIPTION,
    };
    if !is_ours {
        bail!(
            "nothing was changed: the stack {name} is not a deployment of this app: it has no tag {TAG}={name}. Choose \
             another name with `--stack`"
        );
    }
    Ok(())
}

/// Fails if an empty stack, which has neither tags nor a description, has a change set that is not ours.
pub(super) fn ensure_review(aws: &Aws<'_>, name: &str) -> Result<()> {
    let listed = aws.ask(&["cloudformation", "list-change-sets", "--stack-name", name])?;
    let change_sets = listed["Summaries"].as_array().into_iter().flatten();
    let of_stack = change_sets.filter(|change_set| change_set["StackName"] == name);
    for change_set in of_stack.filter_map(|change_set| change_set["ChangeSetName"].as_str()) {
        if !change_set.starts_with(CHANGE_SETS) {
            bail!(
                "nothing was changed: the stack {name} is being created by another tool, with the change set \
                 {change_set}. Choose another name with `--stack`"
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stack_is_recognized_by_its_tag_or_its_former_description() {
        for (tag, description, is_ours) in [
            (Some("mine"), "anything", true),
            (Some("other"), FORMER_DESCRIPTION, false),
            (None, FORMER_DESCRIPTION, true),
            (None, "A shop", false),
            (None, "", false),
        ] {
            let tags = tag.map(|value| (TAG.to_owned(), value.to_owned())).into_iter().collect();
            let found = ensure("mine", &tags, description);
            assert_eq!(found.is_ok(), is_ours, "{tag:?} {description}: {found:?}");
        }
    }
}
