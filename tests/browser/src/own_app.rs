//! An app that takes the login over, made as the README says: by its commands, its page and its configuration, with the
//! example of the repository as the source. It is what the end-to-end tests of the setting [`OwnApp`] run.
//!
//! [`OwnApp`]: crate::stacks::Setting::OwnApp

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use xtask::tools::{self, Tool};
use xtask::{documented, workspace};

/// Makes the app, builds it, and gives the folder of the built site.
pub fn build() -> Result<PathBuf> {
    let toolbox = tools::ensure(tools::DEV)?;
    // Outside this workspace, beside something that looks like a clone of it.
    let home = tempfile::tempdir().context("a temporary folder")?;
    symlink(workspace(), home.path().join("aniapi-login"))?;
    run(documented("cargo new my-app"), home.path())?;
    let app = home.path().join("my-app");
    // The versions of this workspace, so that the test is about this repository only.
    fs::copy(workspace().join("Cargo.lock"), app.join("Cargo.lock"))?;
    run(documented("cargo add --path ../aniapi-login/frontend"), &app)?;
    run(documented("cargo add leptos@0.8 --features csr"), &app)?;
    run(documented("cargo add serde_json"), &app)?;
    run(documented("cp ../aniapi-login/frontend/examples/own_app/main.rs src/main.rs"), &app)?;
    run(documented("cp ../aniapi-login/frontend/start.js ."), &app)?;
    fs::write(app.join("index.html"), block("html")?)?;
    fs::write(app.join("Trunk.toml"), block("toml")?)?;

    let site = workspace().join("target/own-app");
    let mut trunk = toolbox.command("trunk");
    trunk.args(["build", "--dist"]).arg(&site).current_dir(&app);
    trunk.envs(toolbox.build_env(Tool::WasmTarget)).env("CARGO_TARGET_DIR", workspace().join("target/app"));
    let status = trunk.stdout(std::io::stderr()).status().context("starting trunk")?;
    ensure!(status.success(), "the app does not compile ({status})");
    Ok(site)
}

fn run(mut command: Command, folder: &Path) -> Result<()> {
    let status = command.current_dir(folder).status().with_context(|| format!("running {command:?}"))?;
    ensure!(status.success(), "{command:?} fails");
    Ok(())
}

/// The first block of a language in the README.
fn block(language: &str) -> Result<String> {
    let readme = fs::read_to_string(workspace().join("README.md"))?;
    let (_, rest) =
        readme.split_once(&format!("```{language}\n")).with_context(|| format!("no block of {language}"))?;
    let (block, _) = rest.split_once("```").context("the block ends")?;
    Ok(block.to_owned())
}
