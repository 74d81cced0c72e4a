//! The tools for building and testing. A checkout needs a stable Rust; everything else that a command needs is found on
//! this machine, or downloaded once into a folder outside the repository.
//!
//! `table` lists the programs with their versions, sources and hashes. [`Setup`] sets up several tools at once.

mod browser;
pub mod consent;
mod debian;
pub mod download;
pub mod environment;
mod folder;
mod install;
mod npm;
mod progress;
pub mod python;
mod rust;
mod search;
mod system;
mod table;
mod toolbox;
mod version;

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Context as _, Result, anyhow, bail};

pub use toolbox::{Found, Toolbox};

/// A tool that a command may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "`Tool::purpose` describes each")]
pub enum Tool {
    WasmTarget,
    LambdaTargets,
    RustSource,
    Trunk,
    WasmBindgen,
    WasmOpt,
    Esbuild,
    CargoLambda,
    Zig,
    Chromium,
    Firefox,
    WebKit,
    Node,
    OpenId,
    Django,
    Axe,
    CargoDeny,
    CfnLint,
    Aws,
    Moto,
    Qemu,
    Valgrind,
    Twiggy,
    CargoBloat,
}

/// The tools for running everything on this machine.
pub const DEV: &[Tool] = &[Tool::WasmTarget, Tool::Trunk, Tool::WasmBindgen, Tool::CargoLambda];
/// The tools for building the site.
pub const SITE: &[Tool] =
    &[Tool::WasmTarget, Tool::RustSource, Tool::Trunk, Tool::WasmBindgen, Tool::WasmOpt, Tool::Esbuild];
/// The tools for building the function's archives.
pub const FUNCTION: &[Tool] = &[Tool::LambdaTargets, Tool::CargoLambda, Tool::Zig];

impl Tool {
    /// All tools.
    pub const ALL: [Self; 24] = [
        Self::WasmTarget,
        Self::LambdaTargets,
        Self::RustSource,
        Self::Trunk,
        Self::WasmBindgen,
        Self::WasmOpt,
        Self::Esbuild,
        Self::CargoLambda,
        Self::Zig,
        Self::Chromium,
        Self::Firefox,
        Self::WebKit,
        Self::Node,
        Self::OpenId,
        Self::Django,
        Self::Axe,
        Self::CargoDeny,
        Self::CfnLint,
        Self::Aws,
        Self::Moto,
        Self::Qemu,
        Self::Valgrind,
        Self::Twiggy,
        Self::CargoBloat,
    ];

    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::WasmTarget => "wasm32 target",
            Self::LambdaTargets => "Lambda targets",
            Self::RustSource => "rust-src",
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
            Self::OpenId => "oidc-provider",
            Self::Axe => "axe-core",
            Self::Qemu => "qemu",
            Self::Valgrind => "valgrind",
            program => table::program(program).map_or("a tool", |program| program.name),
        }
    }

    /// Its purpose.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::WasmTarget => "Rust's standard library for the browser",
            Self::LambdaTargets => "Rust's standard library for Lambda's processors",
            Self::RustSource => "the source of Rust's standard library, which makes the app smaller",
            Self::Trunk => "builds the app",
            Self::WasmBindgen => "generates the JavaScript that loads the app; runs the app's own tests",
            Self::WasmOpt => "optimizes the built WebAssembly",
            Self::Esbuild => "minifies the built JavaScript",
            Self::CargoLambda => "runs the function on this machine, and builds it for Lambda",
            Self::Zig => "links the function for Lambda",
            Self::Chromium => "a browser and its driver, for the end-to-end tests",
            Self::Firefox => "another browser and its driver, for the core of the end-to-end tests",
            Self::WebKit => "Safari's engine and its driver, for the core of the end-to-end tests",
            Self::Node => "runs the OpenID provider of the tests and the edge function; compared in the benchmarks",
            Self::OpenId => "a certified OpenID provider, for the end-to-end tests",
            Self::Django => "another OAuth server, django-oauth-toolkit, for the end-to-end tests",
            Self::Axe => "finds accessibility problems",
            Self::CargoDeny => "checks the licences, sources and advisories of dependencies",
            Self::CfnLint => "checks the deployment's template",
            Self::Aws => "AWS's command line",
            Self::Moto => "emulates AWS in the tests",
            Self::Qemu => "runs the function's arm64 archive on another processor",
            Self::Valgrind => "counts the function's instructions",
            Self::Twiggy => "measures the parts of the app, for the benchmarks",
            Self::CargoBloat => "measures the parts of the function, for the benchmarks",
        }
    }

    /// Finds it, or installs it.
    fn set_up(self) -> Result<Found> {
        match self {
            Self::WasmTarget => rust::target(rust::WASM),
            Self::LambdaTargets => rust::LAMBDA.iter().try_fold(Found::default(), |found, target| {
                let next = rust::target(target)?;
                Ok(if found.env.is_empty() { next } else { found })
            }),
            Self::RustSource => Ok(rust::source()),
            Self::Chromium => browser::chromium(),
            Self::Firefox => browser::firefox(),
            Self::WebKit => browser::webkit(),
            Self::OpenId => npm::openid(),
            Self::Axe => npm::axe(),
            Self::Qemu => Ok(system::qemu()),
            Self::Valgrind => Ok(system::valgrind()),
            program => install::ensure(table::program(program).context("the tool is not in the table")?),
        }
    }
}

/// Tools that are being set up concurrently.
pub struct Setup {
    wanted: Vec<Tool>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    done: Mutex<BTreeMap<Tool, Result<Found, String>>>,
    changed: Condvar,
}

impl State {
    fn locked(&self) -> MutexGuard<'_, BTreeMap<Tool, Result<Found, String>>> {
        // The map is consistent after every statement.
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Setup {
    /// Starts setting up all of these tools. Installations that compile or use system packages wait for each other.
    pub fn of(wanted: &[Tool]) -> Self {
        let state = Arc::<State>::default();
        for tool in wanted.iter().copied() {
            let state = Arc::clone(&state);
            thread::spawn(move || {
                let outcome = tool.set_up().map_err(|error| format!("{error:#}"));
                state.locked().insert(tool, outcome);
                state.changed.notify_all();
            });
        }
        Self { wanted: wanted.to_vec(), state }
    }

    /// Waits until these tools are set up.
    ///
    /// # Errors
    /// If one of them cannot be set up.
    pub fn wait_for(&self, tools: &[Tool]) -> Result<()> {
        let mut done = self.state.locked();
        for tool in tools {
            loop {
                match done.get(tool) {
                    Some(Ok(_)) => break,
                    Some(Err(error)) => return Err(anyhow!("{error}")),
                    None => done = self.state.changed.wait(done).unwrap_or_else(PoisonError::into_inner),
                }
            }
        }
        Ok(())
    }

    /// The tools that are set up so far.
    pub fn toolbox_so_far(&self) -> Toolbox {
        let done = self.state.locked();
        let found = done.iter().filter_map(|(tool, outcome)| Some((*tool, outcome.as_ref().ok()?.clone())));
        Toolbox::of(found.collect())
    }

    /// Waits for all tools.
    ///
    /// # Errors
    /// If tools cannot be set up: lists them all, with the reasons.
    pub fn finish(&self) -> Result<Toolbox> {
        let problems: Vec<_> = self
            .wanted
            .iter()
            .filter_map(|tool| Some(format!("{}: {:#}", tool.name(), self.wait_for(&[*tool]).err()?)))
            .collect();
        if !problems.is_empty() {
            bail!("tools are missing:\n  {}", problems.join("\n  "));
        }
        Ok(self.toolbox_so_far())
    }
}

/// Finds each tool, or sets it up. If all are installed, this prints nothing and takes well under a second.
///
/// # Errors
/// As for [`Setup::finish`].
pub fn ensure(wanted: &[Tool]) -> Result<Toolbox> {
    Setup::of(wanted).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_is_listed_once_and_has_a_name() {
        for (index, tool) in Tool::ALL.iter().enumerate() {
            assert!(!Tool::ALL[..index].contains(tool), "{tool:?} is listed twice");
            assert_ne!(tool.name(), "a tool", "{tool:?} is not in the table");
        }
    }
}
