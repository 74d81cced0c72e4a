//! The function for Lambda: a program for each of its processors, and the archive that holds it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::remap::Remap;
use super::toolchain::Toolchain;
use super::{archive, fetch, run_to_end};

/// A processor of Lambda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Processor {
    /// Graviton.
    Arm64,
    /// Intel and AMD.
    X86,
}

impl Processor {
    /// All that there are.
    pub const ALL: [Self; 2] = [Self::Arm64, Self::X86];

    /// As Lambda calls it.
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

    /// As cargo-lambda calls it.
    fn flag(self) -> &'static str {
        match self {
            Self::Arm64 => "--arm64",
            Self::X86 => "--x86-64",
        }
    }

    /// The oldest one of its kind that Lambda runs on.
    fn oldest(self) -> &'static str {
        match self {
            Self::Arm64 => "neoverse-n1",
            Self::X86 => "haswell",
        }
    }
}

/// Builds the function of a workspace for that processor, and gives the archive in the workspace's `target` folder.
///
/// # Errors
/// Where it does not compile, or names a folder of this machine.
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
        // The library is compiled with the function; cargo-lambda would ask rustup for it.
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

/// The program in an archive, unpacked.
///
/// # Errors
/// Where the archive is none of ours.
pub fn unpack(archive: &Path) -> Result<PathBuf> {
    let program = archive.with_extension("bootstrap");
    archive::read(archive, &program)?;
    Ok(program)
}
