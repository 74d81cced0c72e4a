//! Node, with AWS's own runtime client if it can be compiled.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result};

use super::super::instance::Subject;
use super::{copy, run, size};
use deploy::build::grouped;
use xtask::tools::{self, Tool, Toolbox, python};

const CLIENT: &str = "node_modules/aws-lambda-ric/index.mjs";
/// The last file that its installation compiles.
const COMPILED: &str = "node_modules/aws-lambda-ric/rapid-client.node";
/// AWS's client requires CMake, but does not install it.
const CMAKE: &str = "cmake==3.31.6";

/// Installs Node and the client.
pub(super) fn prepare(folder: &Path) -> Result<(String, Subject)> {
    let toolbox = tools::ensure(&[Tool::Node])?;
    copy("node", &["package.json", "index.mjs", "client.mjs"], folder)?;
    let node = program(&toolbox)?;
    let (detail, client) = match client(&toolbox, &node, folder) {
        Ok(()) => ("aws-lambda-ric", CLIENT),
        Err(error) => {
            eprintln!("bench: AWS's client for Node is not available, using our own: {error:#}");
            ("our own client, because AWS's could not be compiled", "client.mjs")
        }
    };
    let version = value_of(&node, "process.versions.node")?;
    let own =
        size(&folder.join("index.mjs"))? + size(&folder.join(client))? + size(&folder.join(COMPILED)).unwrap_or(0);
    let subject = Subject {
        arguments: vec![folder.join(client).into()],
        variables: vec![
            ("_HANDLER", "index.handler".into()),
            ("LAMBDA_TASK_ROOT", folder.into()),
            ("AWS_EXECUTION_ENV", "AWS_Lambda_nodejs22.x".into()),
        ],
        folder: folder.to_owned(),
        size: format!("{} and Node's {}", grouped(own), grouped(size(&node)?)),
        program: node,
    };
    Ok((format!(" {version}, fetch, {detail}"), subject))
}

/// The program itself, not a link or a script that starts it.
fn program(toolbox: &Toolbox) -> Result<PathBuf> {
    let found = toolbox.command("node").get_program().to_owned();
    Ok(value_of(Path::new(&found), "process.execPath")?.into())
}

fn value_of(node: &Path, what: &str) -> Result<String> {
    let output = super::command(&node.to_string_lossy()).args(["-p", what]).output().context("starting node")?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Installs AWS's client, unless it is installed.
fn client(toolbox: &Toolbox, node: &Path, folder: &Path) -> Result<()> {
    if folder.join(COMPILED).exists() {
        return Ok(());
    }
    let mut npm = toolbox.command("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--no-package-lock"]).current_dir(folder);
    // The headers for compiling it, which it would otherwise download.
    let prefix = node.parent().and_then(Path::parent);
    if let Some(prefix) = prefix.filter(|prefix| prefix.join("include/node/node_api.h").exists()) {
        npm.env("npm_config_nodedir", prefix);
    }
    npm.env("PATH", path_with_cmake(toolbox, &folder.with_file_name("cmake"))?);
    run(&mut npm)?;
    fs::metadata(folder.join(COMPILED)).context("npm did not compile it")?;
    Ok(())
}

fn path_with_cmake(toolbox: &Toolbox, folder: &Path) -> Result<OsString> {
    let path = toolbox.path_env();
    let found = super::command("cmake").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_ok_and(|status| status.success()) {
        return Ok(path);
    }
    // The one in `bin` is a Python script that does not work from a `--target` folder.
    let bin = folder.join("cmake/data/bin");
    if !bin.join("cmake").exists() {
        run(python::pip().arg("--target").arg(folder).arg(CMAKE))?;
    }
    let folders = [bin].into_iter().chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(folders)?)
}
