//! What counts the instructions of a program: Valgrind.

use std::env::consts::OS;
use std::path::PathBuf;

use anyhow::bail;

use super::debian;
use super::progress::{say, step};
use super::search::on_path;

/// Finds it, or installs Debian's. There is no other way to it, so it may be missing.
pub(super) fn ensure() -> Option<PathBuf> {
    let found = || on_path("valgrind").into_iter().next();
    if let Some(found) = found() {
        return Some(found);
    }
    let installed = step("valgrind", "installing Debian's", || {
        if OS != "linux" {
            bail!("it is at home on Linux");
        }
        debian::apt_install(&["valgrind"])
    });
    if let Err(error) = installed {
        say("valgrind", &format!("not to be had, so no instructions are counted here: {error:#}"));
    }
    found()
}
