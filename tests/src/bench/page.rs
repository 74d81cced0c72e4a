//! The page, in a browser that is made slow. The end-to-end suite has browser and stack, so it is the one that measures.

use std::io::Write;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};

use super::peers::{self, react};
use super::sizes;
use crate::artefacts;
use crate::tools::{self, environment};

/// What makes the end-to-end suite measure in place of testing.
pub const MEASURE: &str = "E2E_MEASURE";

/// Builds the site, measures it, and writes the tables.
pub(super) fn run(out: &mut impl Write) -> Result<()> {
    let toolbox = tools::ensure(tools::TEST)?;
    let site = artefacts::build_site(&toolbox)?;
    let mut cargo = toolbox.command("cargo");
    cargo.args(["test", "--quiet", "--locked", "--package", "tests", "--test", "e2e"]);
    cargo.current_dir(environment::workspace()).env("E2E_SITE", &site).env(MEASURE, "page");
    let output = cargo.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("measuring the page")?;
    ensure!(output.status.success(), "the page could not be measured ({})", output.status);
    out.write_all(&output.stdout)?;
    match react::bundle(&toolbox, &peers::folder()?.join("react")) {
        Ok(bundle) => writeln!(out, "{}", sizes::code(&site, react::NAME, &bundle)?)?,
        Err(error) => writeln!(out, "{} was not measured: {error:#}\n", react::NAME)?,
    }
    Ok(())
}
