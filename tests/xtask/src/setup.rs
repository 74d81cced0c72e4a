//! `cargo xtask setup`: every tool, what it is for, and whether it is here.

use std::io::Write as _;

use anyhow::{Result, bail};
use xtask::tools::{Setup, Tool};

/// Runs `cargo xtask setup`.
///
/// # Errors
/// Where a tool that is needed cannot be had.
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
        bail!("the tests can do without these, and then say what they leave out:\n  {}", missing.join("\n  "));
    }
    writeln!(std::io::stdout(), "\nall of them are here")?;
    Ok(())
}
