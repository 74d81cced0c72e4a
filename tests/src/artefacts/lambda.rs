//! The function for Lambda: a program for each of its processors, and the archive that holds it.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::remap::Remap;
use super::{archive, fetch, run_to_end};
use crate::tools::Toolbox;
use crate::tools::rust::{Target, Toolchain};

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

    fn target(self) -> Target {
        match self {
            Self::Arm64 => Target::LambdaArm64,
            Self::X86 => Target::LambdaX86,
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
pub fn build(toolbox: &Toolbox, processor: Processor, workspace: &Path) -> Result<PathBuf> {
    fetch(toolbox, workspace)?;
    let toolchain = toolbox.toolchain(processor.target());
    let remap = Remap::new(workspace, toolchain)?;
    let folder = workspace.join("target/lambda").join(processor.name());
    let mut cargo_lambda = toolbox.cargo_lambda("build");
    cargo_lambda
        .args(["--release", "--locked", "--package", "function", processor.flag()])
        .arg("--lambda-dir")
        .arg(&folder)
        .current_dir(workspace)
        .envs(toolchain.env(processor.target()));
    if toolchain == Toolchain::Debian {
        // It would ask rustup for a standard library that is compiled here.
        cargo_lambda.arg("--skip-target-check");
    }
    remap.apply(&mut cargo_lambda, &["-C", &format!("target-cpu={}", processor.oldest())]);
    run_to_end(&mut cargo_lambda)?;

    let bootstrap = folder.join("function/bootstrap");
    remap.check(&bootstrap)?;
    let archive = workspace.join(format!("target/function-{}.zip", processor.name()));
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
