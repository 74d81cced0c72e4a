//! `cargo xtask build`: what is deployed, made so that the same source gives the same bytes and no path of the machine
//! that built it.

pub mod again;
mod archive;
pub(crate) mod compress;
pub mod lambda;
mod remap;
mod shrink;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::tools::{self, Toolbox, environment};
use crate::usage::Usage;
use lambda::Processor;
use remap::Remap;

/// Runs `cargo xtask build [site|function]`.
pub fn run(arguments: &[String]) -> Result<()> {
    let (site, function) = halves(arguments)?;
    let mut made = Vec::new();
    if site {
        let toolbox = tools::ensure(tools::SITE)?;
        made.push(build_site(&toolbox)?);
    }
    if function {
        let toolbox = tools::ensure(tools::FUNCTION)?;
        made.extend(build_function(&toolbox)?);
    }
    report(&made)
}

/// Builds the site into `target/site` and gives that folder.
pub fn build_site(toolbox: &Toolbox) -> Result<PathBuf> {
    let workspace = environment::workspace();
    let site = workspace.join("target/site");
    let smallest = toolbox.smallest().context("how the app is compiled was not looked up")?;
    let remap = Remap::new(&workspace, smallest.toolchain)?;
    fetch(toolbox, &workspace)?;
    let mut trunk = toolbox.command("trunk");
    trunk
        .args(["build", "--release", "--locked", "--dist"])
        .arg(&site)
        .current_dir(workspace.join("frontend"))
        .envs(smallest.env.iter().map(|(name, value)| (name, value)));
    remap.apply(&mut trunk, smallest.flags);
    run_to_end(&mut trunk)?;
    shrink::site(toolbox, &site)?;
    for file in files(&site)? {
        remap.check(&file)?;
        compress::write(&file)?;
    }
    Ok(site)
}

/// Builds the example of an app that takes the login over into `target/own-app`, as a developer does, and gives that folder.
pub fn build_own_app(toolbox: &Toolbox) -> Result<PathBuf> {
    let workspace = environment::workspace();
    let site = workspace.join("target/own-app");
    let mut trunk = toolbox.command("trunk");
    trunk
        .args(["build", "--locked", "--example", "own_app", "examples/own_app/index.html", "--dist"])
        .arg(&site)
        .current_dir(workspace.join("frontend"))
        .envs(toolbox.wasm_env());
    run_to_end(&mut trunk)?;
    Ok(site)
}

/// Builds the function for both processors and gives the archives.
pub fn build_function(toolbox: &Toolbox) -> Result<Vec<PathBuf>> {
    let workspace = environment::workspace();
    Processor::ALL.into_iter().map(|processor| lambda::build(toolbox, processor, &workspace)).collect()
}

fn halves(arguments: &[String]) -> Result<(bool, bool)> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => Ok((true, true)),
        ["site"] => Ok((true, false)),
        ["function"] => Ok((false, true)),
        _ => Err(Usage("build takes `site`, `function` or nothing".to_owned()).into()),
    }
}

/// Fetches the dependencies first, so that their folders are known when their names are to be removed.
fn fetch(toolbox: &Toolbox, workspace: &Path) -> Result<()> {
    let mut cargo = toolbox.command("cargo");
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

/// All files below a folder, or the file itself.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>> {
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
    let workspace = environment::workspace();
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

/// A number with a space between thousands.
pub(crate) fn grouped(number: u64) -> String {
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
    fn one_half_or_both_can_be_built_and_nothing_else() {
        let halves = |text: &str| {
            let arguments: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            halves(&arguments).ok()
        };
        assert_eq!(halves(""), Some((true, true)));
        assert_eq!(halves("site"), Some((true, false)));
        assert_eq!(halves("function"), Some((false, true)));
        assert_eq!(halves("site function"), None);
        assert_eq!(halves("--site"), None);
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1 234 567");
    }
}
