//! The dependencies, held against `deny.toml`: their licences, sources and versions wherever one is, and what is known
//! against them where the advisories can be had.

use std::env;
use std::process::Command;

use xtask::tools::{Toolbox, download};
use xtask::workspace;

/// The advisories are a git repository, and this is what git asks for first.
const DATABASE: &str = "https://github.com/RustSec/advisory-db";
const FIRST_ASKED: &str = "/info/refs?service=git-upload-pack";

/// Where this is set to `required`, advisories that cannot be had are a failure: a check that nobody sees being left
/// out is none. The workflow sets it.
const VARIABLE: &str = "ANIAPI_LOGIN_ADVISORIES";

/// What a person is told, at the end, where it is seen.
pub(crate) const NOT_ASKED: &str =
    "not checked: the advisories on our dependencies, because github.com does not answer";

/// Whether the advisories are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Advisories {
    /// They are, and whatever then goes wrong is a failure.
    Asked,
    /// They are not: there is nobody to ask, and nobody insists.
    OutOfReach,
}

impl Advisories {
    /// Looks whether they can be had, which takes some seconds at most.
    pub(crate) fn decide() -> Self {
        let required = env::var_os(VARIABLE).is_some_and(|value| value == "required");
        Self::of(required, || download::is_in_reach(&format!("{DATABASE}{FIRST_ASKED}")))
    }

    fn of(required: bool, is_in_reach: impl FnOnce() -> bool) -> Self {
        if required || is_in_reach() { Self::Asked } else { Self::OutOfReach }
    }
}

/// Licences, sources and doubled versions. It needs no network but what cargo itself needs.
pub(crate) fn policy(toolbox: &Toolbox) -> Command {
    deny(toolbox, &["bans", "licenses", "sources"])
}

/// What is known against the versions that we have, and whether any of them was withdrawn.
pub(crate) fn advisories(toolbox: &Toolbox) -> Command {
    deny(toolbox, &["advisories"])
}

fn deny(toolbox: &Toolbox, checks: &[&str]) -> Command {
    let mut command = toolbox.command("cargo-deny");
    // A warning is an exception that nothing needs any more.
    command.args(["--locked", "check", "--deny", "warnings"]).args(checks);
    command.current_dir(workspace());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advisories_are_left_out_only_where_nobody_answers_and_nobody_insists() {
        for (required, in_reach, expected) in [
            (false, true, Advisories::Asked),
            (false, false, Advisories::OutOfReach),
            (true, true, Advisories::Asked),
            (true, false, Advisories::Asked),
        ] {
            assert_eq!(Advisories::of(required, || in_reach), expected, "required {required}, in reach {in_reach}");
        }
    }

    #[test]
    fn what_is_asked_for_is_what_deny_toml_names_and_the_workflow_insists() {
        let read = |file: &str| std::fs::read_to_string(workspace().join(file)).expect("it is there");
        assert!(read("deny.toml").contains(&format!("db-urls = [\"{DATABASE}\"]")));
        assert!(read(".github/workflows/advisories.yml").contains(&format!("{VARIABLE}: required")));
        assert!(NOT_ASKED.contains(download::host(DATABASE)));
    }
}
