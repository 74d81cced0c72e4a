//! Commands in the documents.

use std::process::Command;

use crate::tools::{Toolbox, environment};
use crate::workspace;

/// A command as the documents show it, for running it in this workspace. A test of the documents requires that each
/// command in them is run by such a call, word for word, or is marked as needing an account.
///
/// # Panics
/// If the line is empty.
#[must_use]
pub fn documented(line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = Toolbox::default().command(words.next().expect("a command has a program"));
    command.args(words).current_dir(workspace());
    environment::clean(&mut command);
    command
}
