//! Progress messages while tools are set up: a line at the start and at the end of each step, and in between the output
//! of its programs, each line with the tool's name.

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::process::prefixed;

/// Prints a message about a tool.
pub(super) fn say(tool: &str, text: &str) {
    eprintln!("{tool:>12} | {text}");
}

/// Announces a step, runs it, and prints how long it took.
pub(super) fn step<T>(tool: &str, doing: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(tool, &format!("{doing} …"));
    let start = Instant::now();
    let done = work()?;
    say(tool, &format!("{doing}: done in {} s", start.elapsed().as_secs()));
    Ok(done)
}

/// Runs a program, and shows its output as a sign of progress.
pub(super) fn run(tool: &str, command: &mut Command) -> Result<()> {
    let status = prefixed(command, tool)?;
    if !status.success() {
        bail!("`{}` failed ({status})", describe(command));
    }
    Ok(())
}

/// The command as it would be typed.
fn describe(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
