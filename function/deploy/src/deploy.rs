//! `cargo xtask deploy`: deploys the app to its own address on AWS, or updates the deployment.

use std::io::BufRead as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::build::{self, Part};
use crate::order::Order;
use crate::place::{Built, Place};
use crate::plan::Plan;
use crate::{finish, workspace};

/// Runs `cargo xtask deploy`.
///
/// # Errors
/// If something is missing, which is reported before anything is changed; if AWS reports an error; if a check of the
/// deployment fails.
pub fn run(order: Order) -> Result<()> {
    let place = Place::new()?;
    let plan = Plan::new(&place, order, secret)?;
    let site = plan.site_folder();
    let Some(deployed) = plan.carry_out(|architecture| build(architecture, site))? else { return Ok(()) };
    finish::report(&deployed)
}

/// Builds what is uploaded, by `cargo xtask build`, which also installs the tools for it.
fn build(architecture: &str, site: Option<PathBuf>) -> Result<Built> {
    let archive = match architecture {
        "arm64" => Part::FunctionArm64,
        "x86_64" => Part::FunctionX86,
        other => bail!("Lambda does not support the processor {other}"),
    };
    if site.is_none() {
        build::by_xtask(Part::Site)?;
    }
    build::by_xtask(archive)?;
    let target = workspace().join("target");
    let site = site.unwrap_or_else(|| target.join("site"));
    Ok(Built { site, archive: target.join(format!("function-{architecture}.zip")) })
}

/// Reads the secret from a prompt that does not show it, or from standard input.
fn secret(from_stdin: bool) -> Result<String> {
    let secret = if from_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("reading the secret from standard input")?;
        line
    } else {
        let asked = rpassword::prompt_password("Client secret, as the provider shows it (it is not shown here): ");
        asked.context("there is no terminal to ask for the secret on: pass it with `--secret-stdin`")?
    };
    Ok(secret.trim().to_owned())
}
