//! The OpenID provider that logins are tried against: oidc-provider, with everything it stands on, in the versions that
//! `tests/openid/package-lock.json` names.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::folder::{self, Partial};
use super::progress::{run, step};
use super::toolbox::Toolbox;
use super::{environment, version};

const LOCK: &str = "package-lock.json";
/// What a script of ours imports.
const ENTRY: &str = "node_modules/oidc-provider/lib/index.js";

/// Finds it, or installs it with npm, which is its only way; npm runs on the Node of `toolbox`.
pub(super) fn ensure(toolbox: &Toolbox) -> Result<PathBuf> {
    let source = workspace().join("tests/openid");
    let lock = read(&source.join(LOCK))?;
    let version = version::locked_by_npm(&lock, "oidc-provider").context("our lock file names no oidc-provider")?;
    let name = format!("oidc-provider-{version}");
    let goal = folder::tools()?.join(&name);
    // One that was installed by another lock file may stand on other versions.
    if !goal.join(ENTRY).exists() || read(&goal.join(LOCK)).ok().as_ref() != Some(&lock) {
        let partial = Partial::new(&goal)?;
        step(&format!("oidc-provider {version}"), "installing with npm", || install(toolbox, &source, partial.path()))?;
        partial.complete()?;
    }
    Ok(goal.join(ENTRY))
}

fn install(toolbox: &Toolbox, source: &Path, folder: &Path) -> Result<()> {
    for file in ["package.json", LOCK] {
        fs::copy(source.join(file), folder.join(file)).with_context(|| format!("copying {file}"))?;
    }
    let mut npm = toolbox.command("npm");
    run(npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(folder))?;
    fs::metadata(folder.join(ENTRY)).context("npm has installed it without what we import")?;
    Ok(())
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}
