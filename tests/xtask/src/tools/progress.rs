//! What a person sees while tools are being set up: one line when a step starts, one when it is done, and between them
//! what its programs print, each line with the tool's name.

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::process::prefixed;

/// Says something about the set-up of a tool.
pub(super) fn say(tool: &str, text: &str) {
    eprintln!("{tool:>12} | {text}");
}

/// Announces a step, does it, and says how long it took.
pub(super) fn step<T>(tool: &str, doing: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(tool, &format!("{doing} …"));
    let start = Instant::now();
    let done = work()?;
    say(tool, &format!("{doing}: done in {} s", start.elapsed().as_secs()));
    Ok(done)
}

/// Runs a program whose output shows the person that it is alive.
pub(super) fn run(tool: &str, command: &mut Command) -> Result<()> {
    let status = prefixed(command, tool)?;
    if !status.success() {
        bail!("`{}` failed ({status})", describe(command));
    }
    Ok(())
}

/// The command as a person would type it.
fn describe(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
