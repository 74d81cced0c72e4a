//! Budgets of size and work. They are exact only for one compiler, so they are enforced for the one in
//! `rust-toolchain.toml`, and only printed for others.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::workspace;

/// Prints a measured number with its budget, and fails if it is over.
///
/// # Errors
/// If the number is over its budget, and the compiler is the pinned one.
pub fn enforce(what: &str, number: u64, budget: u64) -> Result<()> {
    let pinned = is_pinned()?;
    let note = if pinned { "" } else { " (not enforced: the compiler is not the pinned one)" };
    eprintln!("{what}: {number}, budget {budget}{note}");
    ensure!(!pinned || number <= budget, "{what} is {number}, over its budget of {budget}");
    Ok(())
}

/// Whether the compiler is the one in `rust-toolchain.toml`.
///
/// # Errors
/// If either version cannot be read.
pub fn is_pinned() -> Result<bool> {
    let output = Command::new("rustc").arg("--version").current_dir(workspace()).output().context("starting rustc")?;
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    let pinned = setting("rust-toolchain.toml", "channel")?.context("rust-toolchain.toml has no channel")?;
    Ok(version.starts_with(&format!("rustc {pinned} ")))
}

/// The oldest Rust that the workspace supports.
///
/// # Errors
/// If the workspace's manifest cannot be read.
pub fn oldest_rust() -> Result<Option<String>> {
    setting("Cargo.toml", "rust-version")
}

/// A setting in one of this project's TOML files. It must be on its own line.
fn setting(file: &str, name: &str) -> Result<Option<String>> {
    let text = std::fs::read_to_string(workspace().join(file)).with_context(|| format!("reading {file}"))?;
    let mut lines = text.lines().filter_map(|line| line.split_once(" = "));
    Ok(lines.find(|(known, _)| *known == name).map(|(_, value)| value.trim_matches('"').to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toolchain_versions_are_read() {
        let channel =
            setting("rust-toolchain.toml", "channel").expect("the file can be read").expect("the setting exists");
        assert!(channel.split('.').count() == 3 && channel.starts_with("1."), "{channel} is not an exact version");
        assert!(oldest_rust().expect("the file can be read").is_some_and(|version| version.starts_with("1.")));
        assert_eq!(setting("Cargo.toml", "no-such-setting").expect("the file can be read"), None);
    }
}
