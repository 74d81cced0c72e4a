//! axe-core, which finds what keeps people from using a page. It is a script to run in one, so it has no version to ask.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::environment;
use super::folder::{self, Partial};
use super::progress::{run, step};

const VERSION: &str = "4.14.1";
const SCRIPT: &str = "node_modules/axe-core/axe.min.js";

/// Finds it, or installs it with npm, which is its only way.
pub(super) fn ensure() -> Result<PathBuf> {
    let goal = folder::tools()?.join(format!("axe-core-{VERSION}"));
    if !goal.join(SCRIPT).exists() {
        let partial = Partial::new(&goal)?;
        step(&format!("axe-core {VERSION}"), "installing with npm", || {
            let mut npm = Command::new("npm");
            environment::clean(&mut npm);
            npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
            run(npm.arg(partial.path()).arg(format!("axe-core@{VERSION}")))
        })?;
        std::fs::metadata(partial.path().join(SCRIPT)).context("npm has installed it without its script")?;
        partial.complete()?;
    }
    Ok(goal.join(SCRIPT))
}
