//! `cargo xtask setup`: every tool, its purpose, and whether it is installed.

use std::io::Write as _;

use anyhow::{Result, bail};
use xtask::tools::{Setup, Tool};

/// Runs `cargo xtask setup`.
///
/// # Errors
/// If a required tool cannot be installed.
pub(crate) fn run(only_list: bool) -> Result<()> {
    for tool in Tool::ALL {
        writeln!(std::io::stdout(), "{:<14}  {}", tool.name(), tool.purpose())?;
    }
    if only_list {
        return Ok(());
    }
    let setup = Setup::of(&Tool::ALL);
    let toolbox = setup.finish()?;
    let missing: Vec<_> =
        Tool::ALL.iter().filter_map(|tool| Some(format!("{}: {}", tool.name(), toolbox.missing(*tool)?))).collect();
    if !missing.is_empty() {
        bail!(
            "these optional tools are missing; tests that need them are skipped and reported:\n  {}",
            missing.join("\n  ")
        );
    }
    writeln!(std::io::stdout(), "\nall tools are installed")?;
    Ok(())
}
