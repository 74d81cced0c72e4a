//! Checks the dependencies against `deny.toml`: licences, sources and versions always, and security advisories if they
//! can be downloaded.

use std::env;
use std::process::Command;

use xtask::tools::{Toolbox, download};
use xtask::workspace;

/// The advisories are a git repository, and this is git's first request for it.
const DATABASE: &str = "https://github.com/RustSec/advisory-db";
const FIRST_REQUEST: &str = "/info/refs?service=git-upload-pack";

/// If this is `required`, a failed download of the advisories is a failure: a check that can be skipped unnoticed is
/// worthless. The workflow sets it.
const VARIABLE: &str = "ANIAPI_LOGIN_ADVISORIES";

/// Reported at the end, so that it is noticed.
pub(crate) const NOT_CHECKED: &str =
    "not checked: security advisories for the dependencies, because github.com does not respond";

/// Whether the advisories are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Advisories {
    /// They are checked, and any problem is a failure.
    Checked,
    /// They are not checked: the host does not respond, and the check is not required.
    Unreachable,
}

impl Advisories {
    /// Finds out whether they can be downloaded, which takes a few seconds at most.
    pub(crate) fn decide() -> Self {
        let required = env::var_os(VARIABLE).is_some_and(|value| value == "required");
        Self::of(required, || download::is_reachable(&format!("{DATABASE}{FIRST_REQUEST}")))
    }

    fn of(required: bool, is_reachable: impl FnOnce() -> bool) -> Self {
        if required || is_reachable() { Self::Checked } else { Self::Unreachable }
    }
}

/// Licences, sources and duplicate versions. It needs no network except for cargo's.
pub(crate) fn policy(toolbox: &Toolbox) -> Command {
    deny(toolbox, &["bans", "licenses", "sources"])
}

/// Known advisories for our versions, and whether any of those was yanked.
pub(crate) fn advisories(toolbox: &Toolbox) -> Command {
    deny(toolbox, &["advisories"])
}

fn deny(toolbox: &Toolbox, checks: &[&str]) -> Command {
    let mut command = toolbox.command("cargo-deny");
    // A warning is an exception that is no longer needed.
    command.args(["--locked", "check", "--deny", "warnings"]).args(checks);
    command.current_dir(workspace());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advisories_are_skipped_only_if_unreachable_and_not_required() {
        for (required, reachable, expected) in [
            (false, true, Advisories::Checked),
            (false, false, Advisories::Unreachable),
            (true, true, Advisories::Checked),
            (true, false, Advisories::Checked),
        ] {
            assert_eq!(Advisories::of(required, || reachable), expected, "required {required}, reachable {reachable}");
        }
    }

    #[test]
    fn database_is_the_one_in_deny_toml_and_the_workflow_requires_it() {
        let read = |file: &str| std::fs::read_to_string(workspace().join(file)).expect("the file exists");
        assert!(read("deny.toml").contains(&format!("db-urls = [\"{DATABASE}\"]")));
        assert!(read(".github/workflows/advisories.yml").contains(&format!("{VARIABLE}: required")));
        assert!(NOT_CHECKED.contains(download::host(DATABASE)));
    }
}
