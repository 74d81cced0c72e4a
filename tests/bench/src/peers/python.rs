//! Python, with AWS's own runtime client and requests.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::super::instance::Subject;
use super::{copy, run, size};
use deploy::build::grouped;
use xtask::tools::python;

/// Installs the client and the libraries.
pub(super) fn prepare(folder: &Path) -> Result<(String, Subject)> {
    // The program itself: `python3` can be a script that starts it.
    let output = python::python()
        .args(["-c", "import sys, platform; print(sys.executable); print(platform.python_version())"])
        .output()
        .context("starting python3")?;
    let output = String::from_utf8(output.stdout)?;
    let (program, version) = output.trim().split_once('\n').context("python3 does not report its path")?;
    ensure!(Path::new(program).is_absolute(), "python3 does not report its path");

    copy("python", &["app.py", "requirements.txt"], folder)?;
    let libraries = folder.join("lib");
    install(folder, &libraries, version)?;
    let both = std::env::join_paths([folder, &libraries])?;
    let own = size(&folder.join("app.py"))? + size(&libraries)?;
    let subject = Subject {
        program: program.into(),
        arguments: ["-m", "awslambdaric", "app.handler"].map(Into::into).to_vec(),
        variables: vec![("PYTHONPATH", both), ("AWS_EXECUTION_ENV", "AWS_Lambda_python3.11".into())],
        folder: folder.to_owned(),
        size: format!("{} and Python", grouped(own)),
    };
    Ok((format!(" {version}, requests, awslambdaric"), subject))
}

/// Installs the requirements, unless they are installed for this Python.
fn install(folder: &Path, libraries: &Path, version: &str) -> Result<()> {
    let wanted = folder.join("requirements.txt");
    let note = folder.join("installed.txt");
    let text = format!("{}Python {version}\n", fs::read_to_string(&wanted)?);
    if fs::read_to_string(&note).is_ok_and(|installed| installed == text) {
        return Ok(());
    }
    if libraries.exists() {
        fs::remove_dir_all(libraries).with_context(|| format!("removing {}", libraries.display()))?;
    }
    run(python::pip().args(["--no-warn-conflicts", "--no-deps", "--target"]).arg(libraries).arg("-r").arg(&wanted))?;
    fs::write(&note, text).with_context(|| format!("writing {}", note.display()))
}
