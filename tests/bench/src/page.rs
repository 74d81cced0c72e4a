//! The page in a slowed-down browser: the program `measure` of `tests/browser` starts browser and stack.

use std::io::Write;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use deploy::build::{Part, by_xtask};
use xtask::tools::{self, Tool};
use xtask::workspace;

use super::peers::{self, react};
use super::sizes;

/// Builds the site, measures it, and writes the tables.
pub(super) fn run(out: &mut impl Write) -> Result<()> {
    by_xtask(Part::Site)?;
    let site = workspace().join("target/site");
    let toolbox = tools::ensure(&[Tool::Chromium, Tool::CargoLambda, Tool::Esbuild])?;
    let mut cargo = toolbox.command("cargo");
    cargo.args(["run", "--quiet", "--locked", "--package", "browser", "--bin", "measure", "--"]).arg(&site);
    let output = cargo.current_dir(workspace()).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.context("measuring the page")?;
    ensure!(output.status.success(), "the page could not be measured ({})", output.status);
    out.write_all(&output.stdout)?;
    match react::bundle(&toolbox, &peers::folder()?.join("react")) {
        Ok(bundle) => writeln!(out, "{}", sizes::code(&site, react::NAME, &bundle)?)?,
        Err(error) => writeln!(out, "{} was not measured: {error:#}\n", react::NAME)?,
    }
    Ok(())
}
