//! Getting a program: what is installed already, what is on the `PATH`, else each of its ways in turn.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::folder::{self, Partial};
use super::package::{Package, Way};
use super::progress::{run, say, step};
use super::search::{is_program, on_path};
use super::version::Version;
use super::{download, environment, python};

/// Installs programs into the tools folder.
pub(super) struct Installer {
    tools: PathBuf,
    /// Hosts that did not answer. They are not asked again in this run.
    out_of_reach: RefCell<Vec<String>>,
}

impl Installer {
    /// An installer for the person's tools folder.
    pub(super) fn new() -> Result<Self> {
        Ok(Self { tools: folder::tools()?, out_of_reach: RefCell::default() })
    }

    /// The folder that holds the package's programs, installed now if need be.
    pub(super) fn ensure(&self, package: &Package) -> Result<PathBuf> {
        let goal = self.tools.join(format!("{}-{}", package.name, package.version));
        // First, because it need not be run to know its version.
        if let Some(bin) = folder::bin(&goal, package.programs) {
            return Ok(bin);
        }
        if let Some(bin) = fitting_on_path(package) {
            return Ok(bin);
        }
        self.install(package, &goal).with_context(|| advice(package))?;
        folder::bin(&goal, package.programs).with_context(|| format!("{} lost its programs", goal.display()))
    }

    fn install(&self, package: &Package, goal: &Path) -> Result<()> {
        let title = format!("{} {}", package.name, package.version);
        let mut tried = Vec::new();
        for way in &package.ways {
            if let Way::Release { url, .. } = way
                && self.is_out_of_reach(url)
            {
                tried.push(format!("{} does not answer", download::host(url)));
                continue;
            }
            let partial = Partial::new(goal)?;
            let done = step(&title, &doing(way), || {
                self.go(way, package, partial.path())?;
                check(package, partial.path())
            });
            match done {
                Ok(()) => return partial.complete(),
                Err(error) => {
                    say(&title, &format!("not that way: {error:#}"));
                    tried.push(format!("{error:#}"));
                }
            }
        }
        bail!("tried: {}", tried.join("; "))
    }

    fn go(&self, way: &Way, package: &Package, folder: &Path) -> Result<()> {
        match way {
            Way::Release { url, strip, into } => {
                let unpacked = download::unpack(url, *strip, &folder.join(into));
                if let Err(download::Failure::OutOfReach(_)) = &unpacked {
                    let host = download::host(url).to_owned();
                    self.out_of_reach.borrow_mut().push(host);
                }
                Ok(unpacked?)
            }
            Way::Cargo { arguments, .. } => run(&mut cargo_install(arguments, &package.version, folder)),
            Way::Npm(name) => run(child("npm")
                .args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"])
                .arg(folder)
                .arg(format!("{name}@{}", package.version))),
            Way::Pip(name) => run(python::pip()
                .args(["--no-deps", "--target"])
                .arg(folder)
                .arg(format!("{name}=={}", package.version))),
            Way::Application(application) => application.install(&package.version, package.programs[0], folder),
        }
    }

    fn is_out_of_reach(&self, url: &str) -> bool {
        let host = download::host(url);
        self.out_of_reach.borrow().iter().any(|other| other == host)
    }
}

/// A build that is quick to make: these tools run for seconds, so that their own speed matters little.
fn cargo_install(arguments: &[&str], version: &str, folder: &Path) -> Command {
    let mut command = child("cargo");
    command
        .arg("install")
        .args(arguments)
        .args(["--version", version, "--no-track", "--root"])
        .arg(folder)
        // Away from the workspace, whose settings are not meant for it.
        .current_dir(folder)
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("RUSTFLAGS")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256")
        .env("CARGO_PROFILE_RELEASE_STRIP", "symbols");
    command
}

fn child(program: &str) -> Command {
    let mut command = Command::new(program);
    environment::clean(&mut command);
    command
}

fn doing(way: &Way) -> String {
    match way {
        Way::Release { url, .. } => format!("downloading from {}", download::host(url)),
        Way::Cargo { time, .. } => format!("building from source, about {time}"),
        Way::Npm(_) => "installing with npm".to_owned(),
        Way::Pip(_) | Way::Application(_) => "installing with pip".to_owned(),
    }
}

/// Runs what was fetched: an archive can hold another version than its name says, or one for another system.
fn check(package: &Package, folder: &Path) -> Result<()> {
    let bin = folder::bin(folder, package.programs)
        .with_context(|| format!("no {} in what was installed", package.programs.join(", ")))?;
    match asked(package, &bin) {
        Some(found) if does_fit(package, found) => Ok(()),
        Some(found) => bail!("what was installed says it is {found:?}"),
        None => bail!("what was installed does not run here"),
    }
}

fn fitting_on_path(package: &Package) -> Option<PathBuf> {
    let bins = on_path(package.programs[0]).into_iter();
    bins.filter_map(|program| Some(program.parent()?.to_owned()))
        .filter(|bin| {
            let mut programs = package.programs.iter();
            programs.all(|name| is_program(&bin.join(name)))
        })
        .find(|bin| asked(package, bin).is_some_and(|found| does_fit(package, found)))
}

fn asked(package: &Package, bin: &Path) -> Option<Version> {
    Version::of(&bin.join(package.programs[0]), package.asked)
}

fn does_fit(package: &Package, found: Version) -> bool {
    Version::find(&package.version).is_some_and(|wanted| (package.fits)(wanted, found))
}

fn advice(package: &Package) -> String {
    format!(
        "{name} {version} could not be had. Install it by hand and put it on the PATH, \
         or run this again with a network",
        name = package.name,
        version = package.version
    )
}
