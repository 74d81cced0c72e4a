//! Builds the function for Lambda: a program and an archive for each processor.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::remap::Remap;
use super::toolchain::Toolchain;
use super::{archive, fetch, run_to_end};

/// A processor architecture of Lambda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Processor {
    /// Graviton.
    Arm64,
    /// Intel and AMD.
    X86,
}

impl Processor {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Arm64, Self::X86];

    /// Its name in Lambda.
    pub fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86 => "x86_64",
        }
    }

    fn archive_name(self) -> String {
        format!("function-{}.zip", self.name())
    }

    fn target(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-unknown-linux-gnu",
            Self::X86 => "x86_64-unknown-linux-gnu",
        }
    }

    /// Its flag for cargo-lambda.
    fn flag(self) -> &'static str {
        match self {
            Self::Arm64 => "--arm64",
            Self::X86 => "--x86-64",
        }
    }

    /// The oldest such processor that Lambda uses.
    fn oldest(self) -> &'static str {
        match self {
            Self::Arm64 => "neoverse-n1",
            Self::X86 => "haswell",
        }
    }
}

/// Builds the function of a workspace for a processor, and returns the archive in the workspace's `target` folder.
///
/// # Errors
/// If it does not compile, or contains a path of this machine.
pub(super) fn build(processor: Processor, workspace: &Path) -> Result<PathBuf> {
    fetch(workspace)?;
    let toolchain = Toolchain::find()?;
    let remap = Remap::new(workspace, &toolchain)?;
    let folder = workspace.join("target/lambda").join(processor.name());
    let mut cargo_lambda = Command::new("cargo-lambda");
    cargo_lambda
        .args(["lambda", "build", "--release", "--locked", "--package", "function", processor.flag()])
        .arg("--lambda-dir")
        .arg(&folder)
        .current_dir(workspace);
    if !toolchain.has_library(processor.target()) {
        // The library is compiled with the function; otherwise cargo-lambda would ask rustup for it.
        cargo_lambda.envs(Toolchain::WITH_LIBRARY).arg("--skip-target-check");
    }
    remap.apply(&mut cargo_lambda, &["-C", &format!("target-cpu={}", processor.oldest())]);
    run_to_end(&mut cargo_lambda)?;

    let bootstrap = folder.join("function/bootstrap");
    remap.check(&bootstrap)?;
    let archive = workspace.join("target").join(processor.archive_name());
    archive::write(&bootstrap, &archive)?;
    Ok(archive)
}

/// Unpacks the program of an archive, and returns its path.
///
/// # Errors
/// If the archive does not contain exactly one program `bootstrap`.
pub fn unpack(archive: &Path) -> Result<PathBuf> {
    let program = archive.with_extension("bootstrap");
    archive::read(archive, &program)?;
    Ok(program)
}
