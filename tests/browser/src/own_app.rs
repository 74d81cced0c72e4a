//! The login in apps that are not ours, made as the README of the library says: by its commands, with the source of its
//! examples. They are what the end-to-end tests of the settings [`OwnApp`] and [`OwnAppRouter`] run.
//!
//! [`OwnApp`]: crate::stacks::Setting::OwnApp
//! [`OwnAppRouter`]: crate::stacks::Setting::OwnAppRouter

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use xtask::tools::{self, Tool};
use xtask::{documented, workspace};

/// Makes the app without a router, builds it, and gives the folder of the built site.
pub fn build() -> Result<PathBuf> {
    let (home, app) = new()?;
    run(&mut documented("cargo add --path ../aniapi-login/frontend/login --features json"), &app)?;
    run(&mut documented("cargo add serde_json console_error_panic_hook"), &app)?;
    run(&mut documented("cp ../aniapi-login/frontend/login/examples/own_app/src/main.rs src/main.rs"), &app)?;
    finish(&app, "own_app").inspect(|_| drop(home))
}

/// The same with `leptos_router`.
pub fn build_with_router() -> Result<PathBuf> {
    let (home, app) = new()?;
    run(&mut documented("cargo add --path ../aniapi-login/frontend/login --features router"), &app)?;
    run(&mut documented("cargo add leptos_router@0.8"), &app)?;
    run(Command::new("cargo").args(["add", "console_error_panic_hook"]), &app)?;
    let example = "../aniapi-login/frontend/login/examples/own_app_router/src/main.rs";
    run(Command::new("cp").args([example, "src/main.rs"]), &app)?;
    finish(&app, "own_app_router").inspect(|_| drop(home))
}

/// A new app, outside this workspace, beside something that looks like a clone of it.
fn new() -> Result<(tempfile::TempDir, PathBuf)> {
    let home = tempfile::tempdir().context("a temporary folder")?;
    symlink(workspace(), home.path().join("aniapi-login"))?;
    run(&mut documented("cargo new my-app"), home.path())?;
    let app = home.path().join("my-app");
    // The versions of this workspace, so that the test is about this repository only.
    fs::copy(workspace().join("Cargo.lock"), app.join("Cargo.lock"))?;
    run(&mut documented("cargo add leptos@0.8 --features csr"), &app)?;
    run(&mut documented("cp ../aniapi-login/frontend/login/examples/own_app/index.html ."), &app)?;
    run(&mut documented("cp ../aniapi-login/frontend/login/examples/own_app/Trunk.toml ."), &app)?;
    run(&mut documented("cp ../aniapi-login/frontend/start.js ."), &app)?;
    Ok((home, app))
}

fn finish(app: &Path, example: &str) -> Result<PathBuf> {
    let dependencies = |manifest: &Path| -> Result<Vec<String>> {
        let text = fs::read_to_string(manifest).with_context(|| format!("reading {}", manifest.display()))?;
        let (_, dependencies) = text.split_once("[dependencies]").context("it has dependencies")?;
        let names =
            dependencies.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name.trim().to_owned());
        Ok(names.collect())
    };
    let folder = workspace().join("frontend/login/examples").join(example);
    let (ours, theirs) = (dependencies(&folder.join("Cargo.toml"))?, dependencies(&app.join("Cargo.toml"))?);
    ensure!(ours == theirs, "the example depends on {ours:?}, and who follows the README has {theirs:?}");

    let toolbox = tools::ensure(tools::DEV)?;
    let site = workspace().join("target").join(example);
    let mut trunk = toolbox.command("trunk");
    trunk.args(["build", "--dist"]).arg(&site).current_dir(app);
    trunk.envs(toolbox.build_env(Tool::WasmTarget)).env("CARGO_TARGET_DIR", workspace().join("target/app"));
    let status = trunk.stdout(std::io::stderr()).status().context("starting trunk")?;
    ensure!(status.success(), "the app does not compile ({status})");
    Ok(site)
}

fn run(command: &mut Command, folder: &Path) -> Result<()> {
    let status = command.current_dir(folder).status().with_context(|| format!("running {command:?}"))?;
    ensure!(status.success(), "{command:?} fails");
    Ok(())
}
