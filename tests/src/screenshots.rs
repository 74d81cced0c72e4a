//! `cargo xtask screenshots`: what people see, to be looked at. The end-to-end suite has browser and stack, so it is the
//! one that takes the pictures.

use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};

use crate::artefacts;
use crate::tools::{self, environment};
use crate::usage::Usage;

/// What makes the end-to-end suite take pictures in place of testing, and names the folder for them.
pub const SCREENSHOTS: &str = "E2E_SCREENSHOTS";

/// Runs `cargo xtask screenshots`.
///
/// # Errors
/// Where the site cannot be built, or a state cannot be reached.
pub fn run(arguments: &[String]) -> Result<()> {
    if !arguments.is_empty() {
        return Err(Usage("screenshots takes nothing".to_owned()).into());
    }
    let toolbox = tools::ensure(tools::TEST)?;
    let site = artefacts::build_site(&toolbox)?;
    let folder = environment::workspace().join("target/screenshots");
    let mut cargo = toolbox.command("cargo");
    cargo.args(["test", "--quiet", "--locked", "--package", "tests", "--test", "e2e"]);
    cargo.current_dir(environment::workspace()).env("E2E_SITE", &site).env(SCREENSHOTS, &folder);
    let status = cargo.stdin(Stdio::null()).status().context("taking the pictures")?;
    ensure!(status.success(), "the pictures could not be taken ({status})");
    eprintln!("the pictures are in {}", folder.display());
    Ok(())
}
