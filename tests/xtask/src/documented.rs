//! Commands that the documents show.

use std::process::Command;

use crate::tools::{Toolbox, environment};
use crate::workspace;

/// A command as the documents show it, to be run in this workspace. A test of the documents requires that each command
/// they show is run by such a call, word for word, or says that it needs an account.
///
/// # Panics
/// Where it has no program.
#[must_use]
pub fn documented(line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = Toolbox::default().command(words.next().expect("a command has a program"));
    command.args(words).current_dir(workspace());
    environment::clean(&mut command);
    command
}
