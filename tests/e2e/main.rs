//! End to end: a real Chromium, the built site, the function under `cargo lambda watch`, and emulators of the providers,
//! which is the very stack that `cargo xtask dev` starts.
//!
//! The site is built first, unless `E2E_SITE` names a folder that holds one.

#![allow(unreachable_pub, reason = "a test binary has no public side")]

mod attacks;
mod browser;
mod by_hand;
mod callback;
mod canned;
mod doctor;
mod edge;
mod faults;
mod list;
mod login;
mod looks;
mod measure;
mod not_ours;
mod odd_browser;
mod openid;
mod own_app;
mod providers;
mod screenshots;
mod session;
mod stacks;
mod states;
mod tabs;
mod versions;
mod weight;
mod world;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use libtest_mimic::{Arguments, Failed, Trial};
use tests::artefacts;
use tests::bench::page::MEASURE;
use tests::process;
use tests::screenshots::SCREENSHOTS;
use tests::tools::{self, environment};
use tokio::runtime::Runtime;

use crate::browser::Driver;
use crate::list::{TESTS, Test, WITH_ALL, WITH_OWN_APP};
use crate::stacks::{Setting, Stacks};
use crate::world::World;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // One browser at a time: the tests share the emulator's clock and faults.
    arguments.test_threads = Some(1);
    if arguments.list {
        return run(&arguments, |_, _, _| Ok(()));
    }
    match with_stack(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn with_stack(arguments: &Arguments) -> Result<ExitCode> {
    let toolbox = tools::ensure(tools::TEST)?;
    let site = match std::env::var_os("E2E_SITE") {
        Some(folder) => PathBuf::from(folder),
        None => artefacts::build_site(&toolbox)?,
    };
    let folder = environment::workspace().join("target/e2e");
    let runtime = Arc::new(Runtime::new()?);
    runtime.spawn(async {
        if process::interrupted().await.is_ok() {
            process::stop_all();
            std::process::exit(130);
        }
    });
    let driver = Arc::new(runtime.block_on(Driver::start(&toolbox, &folder))?);
    let stacks = Arc::new(Stacks::new(toolbox, site, folder.clone()));

    let code = if std::env::var_os(MEASURE).is_some() {
        runtime.block_on(async {
            let stack = stacks.with(Setting::AniApi).await?;
            measure::page(&stack, &driver).await.map(|()| ExitCode::SUCCESS)
        })
    } else if let Some(pictures) = std::env::var_os(SCREENSHOTS) {
        runtime.block_on(async {
            let stack = stacks.with(Setting::AniApi).await?;
            screenshots::take(&stack, &driver, Path::new(&pictures)).await.map(|()| ExitCode::SUCCESS)
        })
    } else {
        Ok(tests(&arguments, &runtime, &stacks, &driver, &folder))
    };
    drop(driver);
    if let Some(stacks) = Arc::into_inner(stacks) {
        runtime.block_on(stacks.stop());
    }
    code
}

/// Runs the tests that were asked for, each with a browser of its own.
fn tests(
    arguments: &Arguments,
    runtime: &Arc<Runtime>,
    stacks: &Arc<Stacks>,
    driver: &Arc<Driver>,
    folder: &Path,
) -> ExitCode {
    run(arguments, {
        let (runtime, stacks, driver) = (Arc::clone(runtime), Arc::clone(stacks), Arc::clone(driver));
        let folder = folder.to_owned();
        move |name, test, setting| {
            runtime.block_on(async {
                let stack = stacks.with(setting).await.context("starting the stack")?;
                let world = World::new(stack, &driver).await.context("starting the browser")?;
                let (browser, screenshot) = (world.browser.clone(), folder.join(format!("{name}.png")));
                let outcome = test(world).await;
                if outcome.is_err() {
                    // What the person would have seen; a test that failed before there was a page has none.
                    let _ = browser.screenshot(&screenshot).await;
                }
                browser.quit().await.context("ending the browser")?;
                outcome
            })
        }
    })
}

fn run(
    arguments: &Arguments,
    run: impl Fn(&'static str, Test, Setting) -> Result<()> + Clone + Send + 'static,
) -> ExitCode {
    let trial = |&(name, test): &(&'static str, Test), setting| {
        let run = run.clone();
        Trial::test(name, move || run(name, test, setting).map_err(|error| Failed::from(format!("{error:#}"))))
    };
    // The last of the others looks at all that was said in this run.
    let with_all = WITH_ALL.iter().map(|test| trial(test, Setting::AllProviders));
    let with_own_app = WITH_OWN_APP.iter().map(|test| trial(test, Setting::OwnApp));
    let with_aniapi = TESTS.iter().map(|test| trial(test, Setting::AniApi));
    libtest_mimic::run(arguments, with_all.chain(with_own_app).chain(with_aniapi).collect()).exit_code()
}
