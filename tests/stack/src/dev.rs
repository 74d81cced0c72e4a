//! `cargo xtask dev`: everything on this machine, until Ctrl-C. Trunk watches the app, cargo-lambda the function; what
//! they print is passed on, and a page that is open is loaded again when its site was rebuilt.

mod errors;
mod rebuilds;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, Result, bail};
use emulator::{PEOPLE, Service};
use tokio::signal::unix::{SignalKind, signal};
use xtask::process::{Child, Output};
use xtask::tools::{self, Tool, Toolbox};
use xtask::workspace;

use self::errors::Once;
use self::rebuilds::Rebuilds;
use crate::{Plan, Ports, Provider, Stack, clear_variables};

/// How many milliseconds `cargo xtask dev` took before it started this program.
const STARTED: &str = "XTASK_STARTED";

/// How long after one command of cargo-lambda the next has begun, if it begins at all.
const MOMENT: Duration = Duration::from_secs(2);

/// What to run.
#[derive(Debug)]
pub struct Options {
    /// Where each part listens.
    pub ports: Ports,
    /// Where people log in.
    pub provider: Provider,
}

/// Runs everything until it is interrupted.
///
/// # Errors
/// Where something is missing, a port is taken, or a part ends by itself.
pub fn run(options: Options) -> Result<()> {
    let started = Instant::now();
    let toolbox = tools::ensure(tools::DEV)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        tokio::select! {
            // Whatever is running by then is dropped, and so ended.
            interrupted = interrupted() => interrupted,
            ended = everything(&toolbox, options, started) => ended,
        }
    })
}

/// Waits until this process is to end: Ctrl-C, a closed terminal, a polite `kill`.
///
/// # Errors
/// Where the system does not let us wait for that.
pub async fn interrupted() -> Result<()> {
    let wait_for = |kind| signal(kind).context("waiting for Ctrl-C");
    let mut interrupt = wait_for(SignalKind::interrupt())?;
    let mut terminate = wait_for(SignalKind::terminate())?;
    let mut hangup = wait_for(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}

/// Reads a file of variables, in the form of `.env.example`.
///
/// # Errors
/// Names the file and what is wrong with it.
#[expect(clippy::print_stderr, reason = "a warning to the person who runs it")]
pub fn read_variables(file: &Path) -> Result<BTreeMap<String, String>> {
    let reading = || format!("reading {}", file.display());
    for name in expanded(&std::fs::read_to_string(file).with_context(reading)?) {
        eprintln!(
            "warning: {}: the $ in {name} stands for a variable there, whose value takes its place; put the value into single \
             quotes if that is not meant",
            file.display()
        );
    }
    let read = || -> dotenvy::Result<_> { dotenvy::from_path_iter(file)?.collect() };
    read().with_context(reading)
}

/// The variables of such a file in whose values a `$` is replaced: neither in single quotes nor after a backslash.
fn expanded(file: &str) -> Vec<&str> {
    let assignments = file.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let assignments = assignments.filter_map(|line| line.split_once('='));
    let is_expanded = |value: &str| {
        let mut is_quoted = false;
        let mut is_escaped = false;
        value.chars().any(|c| {
            match c {
                '\'' if !is_escaped => is_quoted = !is_quoted,
                '$' if !is_quoted && !is_escaped => return true,
                _ => {}
            }
            is_escaped = c == '\\' && !is_escaped && !is_quoted;
            false
        })
    };
    assignments
        .filter(|(_, value)| is_expanded(value))
        .map(|(name, _)| name.trim().trim_start_matches("export ").trim())
        .collect()
}

async fn everything(toolbox: &Toolbox, options: Options, started: Instant) -> Result<()> {
    if let Provider::Elsewhere(environment) = &options.provider {
        try_out(toolbox, environment)?;
    }
    let once = Arc::new(Once::default());
    let (mut trunk, site) = watch_site(toolbox, &once).await?;
    let port = options.ports.site;
    let plan = Plan {
        ports: options.ports,
        site: site.clone(),
        provider: options.provider,
        output: Output::Filtered(Arc::clone(&once) as _),
        reload: true,
    };
    let mut stack = Stack::start(toolbox, plan).await?;
    let before =
        std::env::var(STARTED).ok().and_then(|text| text.parse().ok()).map_or(Duration::ZERO, Duration::from_millis);
    say(&greeting(&stack, port, before + started.elapsed()));

    let mut rebuilds = Rebuilds::of(&site);
    let mut look_again = tokio::time::interval(Duration::from_millis(200));
    let mut killed = None;
    loop {
        look_again.tick().await;
        if let Some(took) = rebuilds.look() {
            stack.site.reload();
            say(&format!("{:>12} | rebuilt in {:.1} s; open pages are loaded again", "app", took.as_secs_f32()));
        }
        killed = once.take_killed().or(killed);
        // The next command begins at once, or not at all.
        if killed.take_if(|at| at.elapsed() > MOMENT).is_some() && stack.function.is_alone() {
            wake_watcher()?;
        }
        for child in [&mut trunk, &mut stack.function] {
            if let Some(status) = child.exited()? {
                bail!("{} has ended ({status}); its last lines are above", child.name());
            }
        }
    }
}

/// A change in the middle of a build stops the build, and cargo-lambda does not always start the next one. Nor does it
/// start a function again that was killed. It starts one for a change; this is a file that nothing is compiled from.
fn wake_watcher() -> Result<()> {
    let file = workspace().join("function/events/health.json");
    let touch = || File::options().append(true).open(&file)?.set_modified(SystemTime::now());
    touch().with_context(|| format!("touching {}", file.display()))
}

/// Lets the function itself say whether it can start with that environment.
fn try_out(toolbox: &Toolbox, environment: &BTreeMap<String, String>) -> Result<()> {
    let function = workspace().join("target/debug/function");
    let mut function = toolbox.command(&function.to_string_lossy());
    function.env_remove("AWS_LAMBDA_RUNTIME_API");
    clear_variables(&mut function);
    let output = function.envs(environment).output().context("starting the function")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("its environment is not right") {
        bail!("{}", errors.trim_end());
    }
    Ok(())
}

/// Keeps the site built from now on, and waits for the first time.
async fn watch_site(toolbox: &Toolbox, once: &Arc<Once>) -> Result<(Child, PathBuf)> {
    let site = workspace().join("target/dev-site");
    let index = site.join("index.html");
    if index.exists() {
        std::fs::remove_file(&index).with_context(|| format!("removing {}", index.display()))?;
    }
    let mut trunk = toolbox.command("trunk");
    trunk.args(["watch", "--dist"]).arg(&site).current_dir(workspace().join("frontend"));
    trunk.envs(toolbox.build_env(Tool::WasmTarget)).env("CARGO_TARGET_DIR", workspace().join("target/app"));
    // Its own, below each error of the compiler's, says nothing.
    trunk.env_remove("RUST_BACKTRACE");
    let mut child = Child::spawn(trunk, "app", Output::Filtered(Arc::clone(once) as _))?;
    let mut look_again = tokio::time::interval(Duration::from_millis(50));
    while !index.exists() {
        look_again.tick().await;
        if let Some(status) = child.exited()? {
            bail!("trunk has ended ({status}); its last lines are above");
        }
    }
    Ok((child, site))
}

fn greeting(stack: &Stack, port: u16, took: Duration) -> String {
    let mut text = format!(
        "\n  ready after {:.0} s\n\n  the app        {}\n  the function   {}\n",
        took.as_secs_f32(),
        stack.site.url(),
        stack.function_url
    );
    for emulator in &stack.emulators {
        text += &format!("  {:<13}  {}\n", format!("{} *", emulator.service().name()), emulator.url());
    }
    if !stack.emulators.is_empty() {
        text += "                 * an emulator\n\n  Log in as\n";
        let has_aniapi = stack.emulators.iter().any(|emulator| emulator.service() == Service::AniApi);
        for person in PEOPLE.iter().filter(|person| person.email_verified || has_aniapi) {
            let note = if person.email_verified { "" } else { "   (their e-mail address is not verified)" };
            text += &format!("    {} / {}{note}\n", person.email, person.password);
        }
    }
    if port != Ports::DEFAULT.site && stack.emulators.is_empty() {
        text += &format!("\n  The provider must know http://localhost:{port}/auth as a redirect URI.\n");
    }
    text + "\n  Changes are compiled and shown as you save them. Ctrl-C ends it all.\n"
}

#[expect(clippy::print_stdout, reason = "a program that talks to a person")]
fn say(text: &str) {
    println!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dollar_that_is_replaced_is_found() {
        let file =
            "# A=$x\nONE=a$b\nTWO='a$b'\nTHREE=\"a${b}\"\nFOUR=a\\$b\n export FIVE=${x}\nSIX=ab\n\nSEVEN='a'$b\n";
        assert_eq!(expanded(file), ["ONE", "THREE", "FIVE", "SEVEN"]);
        // Those are the ones that dotenvy changes.
        let read: BTreeMap<_, _> = dotenvy::from_read_iter(file.as_bytes()).map(|pair| pair.expect("a pair")).collect();
        for (name, value) in [("TWO", "a$b"), ("FOUR", "a$b"), ("SIX", "ab")] {
            assert_eq!(read[name], value, "{name}");
        }
        for name in expanded(file) {
            assert!(!read[name].contains('$'), "{name}");
        }
    }
}
