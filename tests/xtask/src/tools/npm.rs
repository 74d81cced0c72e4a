//! npm packages. Each is installed with a lock file that has the hash of every package, so that npm rejects anything
//! else; their scripts are not run.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::folder::{self, Partial};
use super::progress::{run, step};
use super::toolbox::Found;
use super::{Tool, environment, install, table, version};
use crate::workspace;

const LOCK: &str = "package-lock.json";

/// Installs one package without dependencies, with the hash in npm's registry.
pub(super) fn install_one(tool: &str, package: &str, version: &str, integrity: &str, folder: &Path) -> Result<()> {
    let manifest = format!(r#"{{"name":"tool","version":"0.0.0","dependencies":{{"{package}":"{version}"}}}}"#);
    let lock = format!(
        r#"{{"name":"tool","version":"0.0.0","lockfileVersion":3,"packages":{{"":{{"dependencies":{{"{package}":"{version}"}}}},"node_modules/{package}":{{"version":"{version}","integrity":"{integrity}"}}}}}}"#
    );
    for (file, text) in [("package.json", manifest), (LOCK, lock)] {
        fs::write(folder.join(file), text).with_context(|| format!("writing {file}"))?;
    }
    ci(tool, folder, Command::new("npm"))
}

/// Finds or installs the script of axe-core.
pub(super) fn axe() -> Result<Found> {
    const SCRIPT: &str = "node_modules/axe-core/axe.min.js";
    let goal = folder::tools()?.join(format!("axe-core-{}", table::AXE_VERSION));
    if !goal.join(SCRIPT).exists() {
        let partial = Partial::new(&goal)?;
        step("axe-core", "installing with npm", || {
            install_one("axe-core", "axe-core", table::AXE_VERSION, table::AXE_INTEGRITY, partial.path())
        })?;
        fs::metadata(partial.path().join(SCRIPT)).context("the installed package has no script")?;
        partial.complete()?;
    }
    Ok(Found::at("axe.min.js", goal.join(SCRIPT)))
}

/// Finds or installs oidc-provider with all its dependencies, with `tests/openid/package-lock.json`.
pub(super) fn openid() -> Result<Found> {
    /// The module that our script imports.
    const ENTRY: &str = "node_modules/oidc-provider/lib/index.js";
    let source = workspace().join("tests/openid");
    let lock = read(&source.join(LOCK))?;
    let version = version::locked_by_npm(&lock, "oidc-provider")
        .context("tests/openid/package-lock.json has no oidc-provider")?;
    let goal = folder::tools()?.join(format!("oidc-provider-{version}"));
    // An installation with another lock file may have other dependencies.
    if !goal.join(ENTRY).exists() || read(&goal.join(LOCK)).ok().as_ref() != Some(&lock) {
        let node = install::ensure(table::program(Tool::Node).context("Node is not in the table")?)?;
        let partial = Partial::new(&goal)?;
        step("oidc-provider", "installing with npm", || {
            for file in ["package.json", LOCK] {
                fs::copy(source.join(file), partial.path().join(file)).with_context(|| format!("copying {file}"))?;
            }
            let node = super::Toolbox::of([(Tool::Node, node)].into());
            ci("oidc-provider", partial.path(), node.command("npm"))
        })?;
        fs::metadata(partial.path().join(ENTRY)).context("the installed package has no entry module")?;
        partial.complete()?;
    }
    Ok(Found::at("oidc-provider", goal.join(ENTRY)))
}

fn ci(tool: &str, folder: &Path, mut npm: Command) -> Result<()> {
    environment::clean(&mut npm);
    run(tool, npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(folder))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}
