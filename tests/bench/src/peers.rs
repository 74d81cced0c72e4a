//! The programs that are measured: our function and its alternatives.

mod crates;
mod floor;
mod node;
mod python;
pub(super) mod react;

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::instance::Subject;
use deploy::build::{self, Part, Processor, grouped};
use xtask::workspace;

/// A row of the table.
pub(super) struct Peer {
    /// A short name.
    pub(super) word: &'static str,
    /// The name in the table.
    pub(super) name: String,
    /// The program, or the reason why it is not available.
    pub(super) subject: Result<Subject>,
}

impl Peer {
    fn new(word: &'static str, name: &str, made: Result<(String, Subject)>) -> Self {
        match made {
            Ok((detail, subject)) => Self { word, name: format!("{name}{detail}"), subject: Ok(subject) },
            Err(error) => Self { word, name: name.to_owned(), subject: Err(error) },
        }
    }
}

/// Builds or installs all peers, the floor first and ours second. Unavailable ones have the reason.
///
/// # Errors
/// If our function cannot be built.
pub(super) fn all() -> Result<Vec<Peer>> {
    let folder = folder()?;
    Ok(vec![
        Peer::new("floor", "floor: std only", floor::prepare(&folder)),
        Peer::new("ours", "**ours**", Ok(ours()?)),
        Peer::new(
            "crates",
            "Rust, the same crates with their default features",
            crates::prepare(&folder.join("crates")),
        ),
        Peer::new("node", "Node", node::prepare(&folder.join("node"))),
        Peer::new("python", "Python", python::prepare(&folder.join("python"))),
    ])
}

/// The folder for everything that is only measured.
pub(super) fn folder() -> Result<PathBuf> {
    let folder = workspace().join("target/bench");
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    Ok(folder)
}

/// The deployed program if this machine can run it; otherwise the same source, built for this machine.
fn ours() -> Result<(String, Subject)> {
    let workspace = workspace();
    let processor = match (OS, ARCH) {
        ("linux", "x86_64") => Some(Processor::X86),
        ("linux", "aarch64") => Some(Processor::Arm64),
        _ => None,
    };
    let (detail, program) = if let Some(processor) = processor {
        let part = if processor == Processor::Arm64 { Part::FunctionArm64 } else { Part::FunctionX86 };
        build::by_xtask(part)?;
        let archive = workspace.join(format!("target/function-{}.zip", processor.name()));
        (", from its archive", build::unpack(&archive)?)
    } else {
        let mut cargo = command("cargo");
        cargo.args(["build", "--release", "--locked", "--package", "function", "--target-dir", "target"]);
        run(cargo.current_dir(&workspace))?;
        (", built for this machine", workspace.join("target/release/function"))
    };
    Ok((detail.to_owned(), native(program, &workspace)?))
}

/// A program without dependencies at run time.
fn native(program: PathBuf, folder: &Path) -> Result<Subject> {
    let size = grouped(size(&program)?);
    Ok(Subject { program, arguments: Vec::new(), variables: Vec::new(), folder: folder.to_owned(), size })
}

/// The size of a file, or of all files in a folder, in bytes.
fn size(path: &Path) -> Result<u64> {
    let files = build::files(path)?;
    files.iter().map(|file| Ok(fs::symlink_metadata(file)?.len())).sum()
}

/// Copies a peer's files into the folder of its libraries.
fn copy(kind: &str, files: &[&str], folder: &Path) -> Result<()> {
    let source = workspace().join("tests/bench").join(kind);
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    for file in files {
        fs::copy(source.join(file), folder.join(file)).with_context(|| format!("copying {file}"))?;
    }
    Ok(())
}

fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    xtask::tools::environment::clean(&mut command);
    command
}

/// Runs a command of a peer's set-up; its output goes to standard error.
fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.stdin(std::process::Stdio::null()).stdout(std::io::stderr()).status();
    let status = status.with_context(|| format!("starting {name}"))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}
