//! `cargo xtask build`: builds the site and the function's archives. The same source gives the same bytes in any
//! folder, and no path of the machine that built them is in them.

mod again;
mod archive;
pub mod compress;
mod lambda;
mod names;
mod remap;
mod sections;
mod shrink;
mod toolchain;
mod unused;

use std::fs;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

pub use again::check as check_reproducible;
pub use lambda::{Processor, unpack};
use remap::Remap;
use toolchain::Toolchain;

use crate::workspace;

/// A part of the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// The site, in `target/site`.
    Site,
    /// The archives of the function for both processors.
    Function,
    /// The archive for Graviton.
    #[value(name = "function-arm64")]
    FunctionArm64,
    /// The archive for Intel and AMD.
    #[value(name = "function-x86_64")]
    FunctionX86,
}

/// Runs `cargo xtask build`.
///
/// # Errors
/// If a tool is missing, or a part does not compile.
pub fn run(part: Option<Part>) -> Result<()> {
    let mut made = Vec::new();
    if matches!(part, None | Some(Part::Site)) {
        made.push(site(&workspace())?);
    }
    let processors: &[Processor] = match part {
        None | Some(Part::Function) => &Processor::ALL,
        Some(Part::FunctionArm64) => &[Processor::Arm64],
        Some(Part::FunctionX86) => &[Processor::X86],
        Some(Part::Site) => &[],
    };
    for processor in processors {
        made.push(function(*processor)?);
    }
    report(&made)
}

/// Runs `cargo xtask build` for a part, which also installs the tools for it.
///
/// # Errors
/// If that fails.
pub fn by_xtask(part: Part) -> Result<()> {
    let part = clap::ValueEnum::to_possible_value(&part).context("every part has a name")?;
    let mut cargo = Command::new("cargo");
    run_to_end(cargo.args(["xtask", "build", part.get_name()]).current_dir(workspace()))
}

/// Runs `cargo xtask trace`.
///
/// # Errors
/// If standard input cannot be read, or no build of the site is kept.
pub fn trace() -> Result<()> {
    let mut trace = String::new();
    std::io::stdin().read_to_string(&mut trace).context("reading the stack trace from standard input")?;
    let resolved = names::resolve(&trace, &names::folder())?;
    std::io::stdout().write_all(resolved.as_bytes()).context("writing the result")
}

/// Builds the site of a workspace into its `target/site`, and returns that folder.
fn site(workspace: &Path) -> Result<PathBuf> {
    let site = workspace.join("target/site");
    let toolchain = Toolchain::find()?;
    let remap = Remap::new(workspace, &toolchain)?;
    fetch(workspace)?;
    let mut trunk = Command::new("trunk");
    trunk.args(["build", "--release", "--locked", "--dist"]).arg(&site).current_dir(workspace.join("frontend"));
    trunk.env("CARGO_TARGET_DIR", workspace.join("target/app"));
    let library = toolchain.library_with_app();
    if let Some(library) = &library {
        trunk.envs(library.env);
    }
    remap.apply(&mut trunk, library.map_or(&[], |library| library.flags));
    if std::env::var_os("NO_COLOR").is_some() {
        // Trunk rejects the usual value `1`.
        trunk.env("NO_COLOR", "true");
    }
    run_to_end(&mut trunk)?;
    shrink::site(&site)?;
    for file in files(&site)? {
        remap.check(&file)?;
        compress::write(&file)?;
    }
    Ok(site)
}

/// Builds the function's archive for a processor.
fn function(processor: Processor) -> Result<PathBuf> {
    lambda::build(processor, &workspace())
}

/// Fetches the dependencies, so that their folders are known before the paths are remapped.
fn fetch(workspace: &Path) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["fetch", "--locked", "--quiet"]);
    run_to_end(cargo.current_dir(workspace))
}

fn run_to_end(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.stdout(std::io::stderr()).status().with_context(|| format!("starting {name}"))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}

/// All files below a folder, or the path itself if it is a file.
///
/// # Errors
/// If it cannot be read.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let reading = || format!("reading {}", path.display());
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).with_context(reading)? {
        found.extend(files(&entry.with_context(reading)?.path())?);
    }
    found.sort();
    Ok(found)
}

fn report(made: &[PathBuf]) -> Result<()> {
    let workspace = workspace();
    let mut out = std::io::stdout().lock();
    for path in made {
        for file in files(path)? {
            let size = fs::metadata(&file)?.len();
            let name = file.strip_prefix(&workspace).unwrap_or(&file);
            writeln!(out, "{:>12} bytes  {}", grouped(size), name.display())?;
        }
    }
    Ok(())
}

/// Formats a number with spaces between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated_by_spaces() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1 234 567");
    }
}
