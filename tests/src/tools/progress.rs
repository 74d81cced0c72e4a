//! What a person sees while tools are being set up: one line when a step starts, one when it is done.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// Says something about the set-up.
pub(super) fn say(what: &str, text: &str) {
    eprintln!("set-up: {what}: {text}");
}

/// Announces a step, does it, and says how long it took.
pub(super) fn step<T>(what: &str, doing: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(what, &format!("{doing} …"));
    let start = Instant::now();
    let done = work()?;
    say(what, &format!("done in {} s", start.elapsed().as_secs()));
    Ok(done)
}

/// Runs a program whose output shows the person that it is alive. All of it goes to the standard error, since the
/// standard output is for results.
pub(super) fn run(command: &mut Command) -> Result<()> {
    let text = describe(command);
    let status = command
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status()
        .with_context(|| format!("starting `{text}`"))?;
    if !status.success() {
        bail!("`{text}` failed ({status})");
    }
    Ok(())
}

/// The command as a person would type it.
pub(super) fn describe(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
