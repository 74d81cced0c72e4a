//! End-to-end tests: real browsers, the built site, the function under `cargo lambda watch`, and emulators of the
//! providers – the same stack that `cargo xtask dev` starts. All tests run in Chromium, and a core of them also in
//! Firefox and WebKit if they are installed.
//!
//! The site is built first, unless `E2E_SITE` names a folder with a built one. `E2E_ENGINE` selects one browser, by its
//! name in the list of tests.

#![allow(unreachable_pub, reason = "a test binary has no public interface")]

mod attacks;
mod back_forward;
mod by_hand;
mod callback;
mod cookie;
mod deployed;
mod doctor;
mod edge;
mod faults;
mod foreign_session;
mod habits;
mod headers;
mod list;
mod login;
mod looks;
mod not_ours;
mod odd_browser;
mod openid;
mod own_app;
mod providers;
mod renewal;
mod session;
mod shell;
mod tabs;
mod versions;
mod weight;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use browser::driver::{Driver, Engine};
use browser::stacks::Stacks;
use browser::world::World;
use libtest_mimic::{Arguments, Failed, Trial};
use stack::dev::interrupted;
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;
use xtask::tools::{self, Tool, Toolbox};
use xtask::{process, workspace};

use crate::list::{Entry, all};

/// What every test needs; the others set up their own tools.
const TOOLS: [Tool; 2] = [Tool::Chromium, Tool::CargoLambda];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // One browser at a time: the tests share the emulator's clock and faults.
    arguments.test_threads = Some(1);
    if arguments.list {
        return libtest_mimic::run(&arguments, all().iter().map(|entry| trial(entry, |_| Ok(()))).collect())
            .exit_code();
    }
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    let toolbox = tools::ensure(&TOOLS)?;
    let site = match std::env::var_os("E2E_SITE") {
        Some(folder) => PathBuf::from(folder),
        None => build_site(&toolbox)?,
    };
    let folder = workspace().join("target/e2e");
    let runtime = Arc::new(Runtime::new()?);
    runtime.spawn(async {
        if interrupted().await.is_ok() {
            process::stop_all();
            std::process::exit(130);
        }
    });
    let (engines, missing) = engines(toolbox.clone(), &folder);
    let engines = Arc::new(engines);
    let stacks = Arc::new(Stacks::new(toolbox, site, folder.clone()));
    let trials = all()
        .into_iter()
        .filter(|entry| engines.iter().any(|running| running.engine == entry.engine))
        .map(|entry| {
            let (runtime, stacks, engines, folder) =
                (Arc::clone(&runtime), Arc::clone(&stacks), Arc::clone(&engines), folder.clone());
            trial(&entry, move |entry| runtime.block_on(one(entry, &stacks, &engines, &folder)))
        })
        .collect();
    let code = libtest_mimic::run(arguments, trials).exit_code();
    for (engine, reason) in missing {
        eprintln!("not run in {}: {reason}", engine.name());
    }
    drop(engines);
    if let Some(stacks) = Arc::into_inner(stacks) {
        runtime.block_on(stacks.stop());
    }
    Ok(code)
}

fn build_site(toolbox: &Toolbox) -> Result<PathBuf> {
    let mut cargo = toolbox.command("cargo");
    let status = cargo.args(["xtask", "build", "site"]).current_dir(workspace()).status().context("starting cargo")?;
    ensure!(status.success(), "the site could not be built");
    Ok(workspace().join("target/site"))
}

/// An installed engine; its driver is started for the first test that needs it.
struct Running {
    engine: Engine,
    toolbox: Toolbox,
    folder: PathBuf,
    driver: OnceCell<Driver>,
}

impl Running {
    async fn driver(&self) -> Result<&Driver> {
        self.driver.get_or_try_init(|| Driver::start(self.engine, &self.toolbox, &self.folder)).await
    }
}

/// The installed engines, and the reasons why others are missing. Chromium is always there.
fn engines(chromium: Toolbox, folder: &Path) -> (Vec<Running>, Vec<(Engine, String)>) {
    let (mut here, mut missing) = (Vec::new(), Vec::new());
    let wanted = std::env::var("E2E_ENGINE").ok();
    for engine in Engine::ALL.into_iter().filter(|engine| wanted.as_ref().is_none_or(|name| *name == engine.name())) {
        let toolbox = if engine == Engine::Chromium { Ok(chromium.clone()) } else { tools::ensure(&[engine.tool()]) };
        match toolbox.map(|toolbox| (toolbox.missing(engine.tool()).map(str::to_owned), toolbox)) {
            Ok((None, toolbox)) => {
                here.push(Running { engine, toolbox, folder: folder.to_owned(), driver: OnceCell::new() });
            }
            Ok((Some(reason), _)) => missing.push((engine, reason)),
            Err(error) => missing.push((engine, format!("{error:#}"))),
        }
    }
    (here, missing)
}

/// Runs a test in its own browser.
async fn one(entry: &Entry, stacks: &Stacks, engines: &[Running], folder: &Path) -> Result<()> {
    let engine =
        engines.iter().find(|running| running.engine == entry.engine).context("the test's engine is not installed")?;
    let stack = stacks.in_mode(entry.setting, entry.session).await.context("starting the stack")?;
    let world = World::new(stack, engine.driver().await?).await.context("starting the browser")?;
    // The test may close the browser and open another one.
    let profile = world.profile();
    let outcome = (entry.test)(world).await;
    let browser = profile.browser();
    if outcome.is_err() {
        // What was on the screen; a test that failed before it opened a page has no screenshot.
        let screenshot = folder.join(format!("{}-{}.png", entry.title(), entry.engine.name()));
        let _ = browser.screenshot(&screenshot).await;
    }
    browser.quit().await.context("ending the browser")?;
    outcome
}

fn trial(entry: &Entry, run: impl FnOnce(&Entry) -> Result<()> + Send + 'static) -> Trial {
    let entry = *entry;
    let kind = if entry.engine == Engine::Chromium { "" } else { entry.engine.name() };
    Trial::test(entry.title(), move || run(&entry).map_err(|error| Failed::from(format!("{error:#}")))).with_kind(kind)
}
