//! The floor: one file, compiled by rustc directly, so that it is not part of the workspace.

use std::env::consts::ARCH;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::super::instance::Subject;
use super::{command, native, run};
use xtask::workspace;

/// Compiles it, statically linked if possible.
pub(super) fn prepare(folder: &Path) -> Result<(String, Subject)> {
    let program = folder.join("floor");
    let musl = format!("--target={ARCH}-unknown-linux-musl");
    let ways: [(&str, &[&str]); 3] =
        [(", static", &[&musl]), (", static", &["-Ctarget-feature=+crt-static"]), (", not static", &[])];
    let mut made = ways.into_iter().map(|(detail, flags)| (detail, run(compile(&program).args(flags))));
    let (detail, last) = made.find(|(_, made)| made.is_ok()).context("rustc cannot compile the floor")?;
    last?;
    Ok((detail.to_owned(), native(program, folder)?))
}

fn compile(program: &Path) -> Command {
    let mut rustc = command("rustc");
    rustc
        .args(["--edition=2024", "-Copt-level=3", "-Clto=fat", "-Ccodegen-units=1", "-Cpanic=abort", "-Cstrip=symbols"])
        .arg("-o")
        .arg(program)
        .arg(workspace().join("tests/bench/floor.rs"))
        // Errors of attempts that fail do not matter.
        .stderr(std::process::Stdio::null());
    rustc
}
