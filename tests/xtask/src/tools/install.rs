//! Installing a program: first the one that is installed already, then the `PATH`, then each of its sources in turn.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};

use super::folder::{self, Partial};
use super::progress::{run, say, step};
use super::search::{is_program, on_path};
use super::table::{Program, Source, platform};
use super::toolbox::Found;
use super::version::Version;
use super::{download, environment, npm, python};

/// Hosts that did not respond. They are not tried again in this run.
static UNREACHABLE: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Finds a program, or installs it.
pub(super) fn ensure(program: &Program) -> Result<Found> {
    let goal = folder::tools()?.join(format!("{}-{}", program.name, program.version));
    // Two tools may need the same program, such as Node: the second one waits, and finds what the first has installed.
    static TURNS: Mutex<BTreeMap<&str, Arc<Mutex<()>>>> = Mutex::new(BTreeMap::new());
    let turn = Arc::clone(TURNS.lock().unwrap_or_else(PoisonError::into_inner).entry(program.name).or_default());
    let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
    // First, because its version is known without running it.
    if let Some(bin) = folder::bin(&goal, program.programs).or_else(|| usable_on_path(program)) {
        return Ok(Found::in_folder(&bin, program.programs));
    }
    install(program, &goal).with_context(|| advice(program))?;
    let bin = folder::bin(&goal, program.programs).with_context(|| format!("{} has no programs", goal.display()))?;
    Ok(Found::in_folder(&bin, program.programs))
}

fn install(program: &Program, goal: &Path) -> Result<()> {
    let mut tried = Vec::new();
    for source in program.sources.iter().filter(|source| source.is_for(&platform())) {
        if let Source::Archive { url, .. } = source
            && is_unreachable(url)
        {
            tried.push(format!("{} does not respond", download::host(url)));
            continue;
        }
        let partial = Partial::new(goal)?;
        let go = || {
            step(program.name, &doing(source, program.version), || {
                get(source, program, partial.path())?;
                check(program, partial.path())
            })
        };
        let done = match source {
            // Compiling two programs at a time would only slow both down.
            Source::Cargo { .. } => {
                static COMPILING: Mutex<()> = Mutex::new(());
                let _turn = COMPILING.lock().unwrap_or_else(PoisonError::into_inner);
                go()
            }
            _ => go(),
        };
        match done {
            Ok(()) => return partial.complete(),
            Err(error) => {
                say(program.name, &format!("failed, trying the next source: {error:#}"));
                tried.push(format!("{error:#}"));
            }
        }
    }
    bail!(
        "tried: {}",
        if tried.is_empty() { "nothing: no source has it for this platform".to_owned() } else { tried.join("; ") }
    )
}

fn get(source: &Source, program: &Program, folder: &Path) -> Result<()> {
    let (name, version) = (program.name, program.version);
    match source {
        Source::Archive { url, sha256, strip, into, .. } => {
            let unpacked = download::unpack(name, url, sha256, *strip, &folder.join(into));
            if let Err(download::Failure::Unreachable(host)) = &unpacked {
                UNREACHABLE.lock().unwrap_or_else(PoisonError::into_inner).push(host.clone());
            }
            Ok(unpacked?)
        }
        Source::Cargo { arguments, .. } => run(name, &mut cargo_install(arguments, version, folder)),
        Source::Npm { package, integrity, .. } => npm::install_one(name, package, version, integrity, folder),
        Source::Wheel { package, sha256 } => python::install_wheel(name, package, version, sha256, folder),
        Source::Application(application) => application.install(name, version, program.programs[0], folder),
    }
}

fn is_unreachable(url: &str) -> bool {
    let hosts = UNREACHABLE.lock().unwrap_or_else(PoisonError::into_inner);
    hosts.iter().any(|host| host == download::host(url))
}

/// A fast build: these tools run only for seconds, so their own speed hardly matters. crates.io's index has the hash of
/// every crate, and cargo checks it.
fn cargo_install(arguments: &[&str], version: &str, folder: &Path) -> Command {
    let mut command = Command::new("cargo");
    environment::clean(&mut command);
    command
        .arg("install")
        .args(arguments)
        .args(["--version", version, "--no-track", "--root"])
        .arg(folder)
        // Outside the workspace, whose settings do not apply to it.
        .current_dir(folder)
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("RUSTFLAGS")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256")
        .env("CARGO_PROFILE_RELEASE_STRIP", "symbols");
    command
}

fn doing(source: &Source, version: &str) -> String {
    match source {
        Source::Archive { url, .. } => format!("downloading {version} from {}", download::host(url)),
        Source::Cargo { time, .. } => format!("building {version} from source, about {time}"),
        Source::Npm { .. } => format!("installing {version} with npm"),
        Source::Wheel { .. } | Source::Application(_) => format!("installing {version} with pip"),
    }
}

/// Runs the installed program: an archive can contain a different version than its name says, or a program for another
/// system.
fn check(program: &Program, folder: &Path) -> Result<()> {
    let bin = folder::bin(folder, program.programs)
        .with_context(|| format!("the installation has no {}", program.programs.join(", ")))?;
    match version_of(program, &bin) {
        Some(found) if program.accepts(found) => Ok(()),
        Some(found) => bail!("the installed program reports version {found:?}"),
        None => bail!("the installed program does not run on this machine"),
    }
}

fn usable_on_path(program: &Program) -> Option<PathBuf> {
    let bins = on_path(program.programs[0]).into_iter();
    bins.filter_map(|path| Some(path.parent()?.to_owned()))
        .filter(|bin| program.programs.iter().all(|name| is_program(&bin.join(name))))
        .find(|bin| version_of(program, bin).is_some_and(|found| program.accepts(found)))
}

fn version_of(program: &Program, bin: &Path) -> Option<Version> {
    Version::of(&bin.join(program.programs[0]), program.version_arguments)
}

fn advice(program: &Program) -> String {
    format!(
        "{name} {version} could not be installed. Install it by hand and put it on the PATH, \
         or run this command again with network access",
        name = program.name,
        version = program.version
    )
}
