//! Parses versions: from the output of programs, and from npm's lock files.

use std::path::Path;
use std::process::{Command, Stdio};

/// The first three numbers of a version. Missing ones are zero: `wasm-opt` has only one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    /// Changes with incompatibilities, for tools from 1.0 on.
    pub(super) major: u32,
    /// Changes with incompatibilities, for tools before 1.0.
    pub(super) minor: u32,
    /// Changes with bug fixes.
    pub(super) patch: u32,
}

impl Version {
    /// Finds the version in a line such as `cargo-lambda 1.9.2 (67129fc 2026-08-21Z)` or `aws-cli/2.13.0
    /// Python/3.11.4`: the first word that starts with a digit.
    pub(super) fn find(text: &str) -> Option<Self> {
        let word = text
            .split(|c: char| c.is_whitespace() || c == '/')
            .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
        let mut numbers = word.split('.').map(leading_number);
        Some(Self {
            major: numbers.next().flatten()?,
            minor: numbers.next().flatten().unwrap_or(0),
            patch: numbers.next().flatten().unwrap_or(0),
        })
    }

    /// Runs a program to get its version. `None` if it cannot be run, fails, or prints no version.
    pub(super) fn of(program: &Path, arguments: &[&str]) -> Option<Self> {
        let mut command = Command::new(program);
        super::environment::clean(&mut command);
        let output = command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
        if !output.status.success() {
            return None;
        }
        Self::find(&String::from_utf8_lossy(&output.stdout))
    }
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

/// The version of a package in npm's lock file: the first line of its entry.
pub(super) fn locked_by_npm(lock: &str, package: &str) -> Option<String> {
    let name = format!("\"node_modules/{package}\": {{");
    let mut lines = lock.lines().map(str::trim).skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("\"version\": \"")?;
    Some(version.split_once('"')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_found_in_the_output_of_each_tool() {
        let cases = [
            ("trunk 0.21.14", (0, 21, 14)),
            ("wasm-bindgen 0.2.130", (0, 2, 130)),
            ("wasm-opt version 132 (version_132)", (132, 0, 0)),
            ("cargo-lambda 1.9.2 (67129fc 2026-08-21Z)", (1, 9, 2)),
            ("Chromium 156.0.8078.79 built on Debian", (156, 0, 8078)),
            ("aws-cli/1.46.2 Python/3.11.7 Linux/6.1 botocore/1.44.2", (1, 46, 2)),
            ("qemu-aarch64 version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)", (7, 2, 22)),
            ("0.18.0-dev.12+ab34\n", (0, 18, 0)),
        ];
        for (text, (major, minor, patch)) in cases {
            let expected = Version { major, minor, patch };
            assert_eq!(Version::find(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn text_without_a_number_has_no_version() {
        assert_eq!(Version::find("command not found"), None);
        assert_eq!(Version::find(""), None);
    }

    #[test]
    fn locked_version_is_of_the_top_level_package() {
        let lock = "\"node_modules/x/node_modules/y\": {\n  \"version\": \"1\",\n},\n\"node_modules/y\": {\n  \"version\": \"2\"";
        assert_eq!(locked_by_npm(lock, "y").as_deref(), Some("2"));
        assert_eq!(locked_by_npm(lock, "x"), None);
    }
}
