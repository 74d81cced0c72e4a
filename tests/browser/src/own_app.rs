//! The login in apps of other developers, made with the commands in the library's README and the source of its
//! examples. The end-to-end tests run them in the settings [`OwnApp`] and [`OwnAppRouter`].
//!
//! [`OwnApp`]: crate::stacks::Setting::OwnApp
//! [`OwnAppRouter`]: crate::stacks::Setting::OwnAppRouter

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use deploy::site::Site;
use xtask::tools::{self, Tool};
use xtask::{documented, workspace};

/// Makes and builds the app without a router. Returns the folder of the built site.
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

/// An app that uses only the library of this repository, with Trunk's own inline script in the page. Returns Trunk's `dist`,
/// which contains no compressed files.
pub fn build_plain() -> Result<PathBuf> {
    let (home, app) = new()?;
    run(&mut documented("cargo add --path ../aniapi-login/frontend/login --features json"), &app)?;
    run(&mut documented("cargo add serde_json console_error_panic_hook"), &app)?;
    run(&mut documented("cp ../aniapi-login/frontend/login/examples/own_app/src/main.rs src/main.rs"), &app)?;
    for file in ["Trunk.toml", "start.js"] {
        fs::remove_file(app.join(file))?;
    }
    fs::write(app.join("index.html"), PLAIN)?;
    fs::write(app.join("favicon.ico"), include_bytes!("own_app/favicon.ico"))?;
    build_with_trunk(&app, "own_app_plain").inspect(|_| drop(home))
}

/// A page as Trunk's own documentation has it, with a picture.
const PLAIN: &str = r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>My app</title>
    <link data-trunk rel="rust">
    <link data-trunk rel="copy-file" href="favicon.ico">
  </head>
  <body></body>
</html>
"#;

/// A new app outside this workspace, beside a link that replaces a clone of it.
fn new() -> Result<(tempfile::TempDir, PathBuf)> {
    let home = tempfile::tempdir().context("creating a temporary folder")?;
    symlink(workspace(), home.path().join("aniapi-login"))?;
    run(&mut documented("cargo new my-app"), home.path())?;
    let app = home.path().join("my-app");
    // The dependency versions of this workspace, so that the test depends on this repository only.
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
        let (_, dependencies) = text.split_once("[dependencies]").context("there are no dependencies")?;
        let names =
            dependencies.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name.trim().to_owned());
        Ok(names.collect())
    };
    let folder = workspace().join("frontend/login/examples").join(example);
    let (ours, theirs) = (dependencies(&folder.join("Cargo.toml"))?, dependencies(&app.join("Cargo.toml"))?);
    ensure!(ours == theirs, "the example depends on {ours:?}, but an app made as in the README depends on {theirs:?}");

    let dist = build_with_trunk(app, example)?;
    // What is uploaded of it.
    let prepared = workspace().join("target").join(format!("{example}-prepared"));
    if prepared.exists() {
        fs::remove_dir_all(&prepared).with_context(|| format!("removing {}", prepared.display()))?;
    }
    Site::read(&dist)?.prepare_in(&prepared)?;
    Ok(prepared)
}

fn build_with_trunk(app: &Path, name: &str) -> Result<PathBuf> {
    let toolbox = tools::ensure(tools::DEV)?;
    let site = workspace().join("target").join(name);
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
