//! `cargo xtask dev`: runs the whole stack on this machine until Ctrl-C. Trunk watches the app and cargo-lambda watches
//! the function. Their output is passed on, and open pages reload after a rebuild of the site.

mod errors;
mod rebuilds;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
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
use crate::session::{self, Session, SessionMode};
use crate::variables::{clear_variables, on_this_machine};
use crate::{Plan, Ports, Provider, Stack};

/// The variable with the milliseconds that `cargo xtask dev` took before it started this program.
const STARTED: &str = "XTASK_STARTED";

/// If cargo-lambda starts another command after one was killed, it does so within this time.
const NEXT_COMMAND: Duration = Duration::from_secs(2);

/// The options of `cargo xtask dev`.
#[derive(Debug)]
pub struct Options {
    /// The port of each part.
    pub ports: Ports,
    /// The providers.
    pub provider: Provider,
    /// The session mode.
    pub session: SessionMode,
}

/// Runs the stack until it is interrupted.
///
/// # Errors
/// If a tool is missing, a port is in use, or a part exits.
pub fn run(options: Options) -> Result<()> {
    let started = Instant::now();
    let toolbox = tools::ensure(tools::DEV)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        tokio::select! {
            // Dropping the other future stops everything that is running.
            interrupted = interrupted() => interrupted,
            ended = everything(&toolbox, options, started) => ended,
        }
    })
}

/// Waits for a signal to stop: Ctrl-C (SIGINT), SIGTERM, or a closed terminal (SIGHUP).
///
/// # Errors
/// If the signal handlers cannot be installed.
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

/// The session mode in an env file's variables, or the default.
///
/// # Errors
/// If the file has an unknown mode.
pub fn session_of(provider: &Provider) -> Result<SessionMode> {
    let Provider::Elsewhere(environment) = provider else { return Ok(session::DEFAULT) };
    match environment.get(session::MODE).map(String::as_str).filter(|name| !name.is_empty()) {
        Some(name) => {
            SessionMode::named(name).with_context(|| format!("{} must be tab, cookie or proxy", session::MODE))
        }
        None => Ok(session::DEFAULT),
    }
}

async fn everything(toolbox: &Toolbox, mut options: Options, started: Instant) -> Result<()> {
    let session = Session { mode: options.session, key: session::kept_key };
    if let Provider::Elsewhere(environment) = &mut options.provider {
        on_this_machine(environment, options.ports.site)?;
        session.select(environment)?;
        try_out(toolbox, environment)?;
    }
    let once = Arc::new(Once::default());
    let (mut trunk, site) = watch_site(toolbox, &once).await?;
    let redirect_uris = match &options.provider {
        Provider::Elsewhere(environment) => environment.get("OAUTH_REDIRECT_URIS").cloned().unwrap_or_default(),
        Provider::Emulated { .. } => String::new(),
    };
    let plan = Plan {
        ports: options.ports,
        site: site.clone(),
        provider: options.provider,
        session,
        output: Output::Filtered(Arc::clone(&once) as _),
        reload: true,
    };
    let mut stack = Stack::start(toolbox, plan).await?;
    let before =
        std::env::var(STARTED).ok().and_then(|text| text.parse().ok()).map_or(Duration::ZERO, Duration::from_millis);
    say(&greeting(&stack, &redirect_uris, before + started.elapsed()));

    let mut rebuilds = Rebuilds::of(&site);
    let mut interval = tokio::time::interval(Duration::from_millis(200));
    let mut killed = None;
    loop {
        interval.tick().await;
        if let Some(took) = rebuilds.look() {
            stack.site.reload();
            say(&format!("{:>12} | rebuilt in {:.1} s; open pages reload", "app", took.as_secs_f32()));
        }
        killed = once.take_killed().or(killed);
        if killed.take_if(|at| at.elapsed() > NEXT_COMMAND).is_some() && stack.function.is_alone() {
            wake_watcher()?;
        }
        for child in [&mut trunk, &mut stack.function] {
            if let Some(status) = child.exited()? {
                bail!("{} has exited ({status}); its last output is above", child.name());
            }
        }
    }
}

/// Makes cargo-lambda start its command again. A change during a build stops the build, and cargo-lambda does not
/// always start the next one; nor does it restart a function that was killed. It does both when a file changes, so this
/// touches one that is not compiled into anything.
fn wake_watcher() -> Result<()> {
    let file = workspace().join("function/events/health.json");
    let touch = || File::options().append(true).open(&file)?.set_modified(SystemTime::now());
    touch().with_context(|| format!("touching {}", file.display()))
}

/// Starts the function once, so that it validates its environment.
fn try_out(toolbox: &Toolbox, environment: &BTreeMap<String, String>) -> Result<()> {
    let function = workspace().join("target/debug/function");
    let mut function = toolbox.command(&function.to_string_lossy());
    function.env_remove("AWS_LAMBDA_RUNTIME_API");
    clear_variables(&mut function);
    let output = function.envs(environment).output().context("starting the function")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("its environment is invalid") {
        bail!("{}", errors.trim_end());
    }
    Ok(())
}

/// Starts Trunk, which rebuilds the site after each change, and waits for the first build.
async fn watch_site(toolbox: &Toolbox, once: &Arc<Once>) -> Result<(Child, PathBuf)> {
    let site = workspace().join("target/dev-site");
    let index = site.join("index.html");
    if index.exists() {
        std::fs::remove_file(&index).with_context(|| format!("removing {}", index.display()))?;
    }
    let mut trunk = toolbox.command("trunk");
    trunk.args(["watch", "--dist"]).arg(&site).current_dir(workspace().join("frontend"));
    trunk.envs(toolbox.build_env(Tool::WasmTarget)).env("CARGO_TARGET_DIR", workspace().join("target/app"));
    // Otherwise Trunk prints a backtrace of its own below each compiler error.
    trunk.env_remove("RUST_BACKTRACE");
    let mut child = Child::spawn(trunk, "app", Output::Filtered(Arc::clone(once) as _))?;
    let mut interval = tokio::time::interval(Duration::from_millis(50));
    while !index.exists() {
        interval.tick().await;
        if let Some(status) = child.exited()? {
            bail!("trunk has exited ({status}); its last output is above");
        }
    }
    Ok((child, site))
}

fn greeting(stack: &Stack, redirect_uris: &str, took: Duration) -> String {
    let mut text = format!(
        "\n  ready after {:.0} s\n\n  the app        {}\n  the function   {}\n  sessions       {}={}\n",
        took.as_secs_f32(),
        stack.site.url(),
        stack.function_url,
        session::MODE,
        stack.session.as_str()
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
    if !redirect_uris.is_empty() {
        text += "\n  Redirect URIs to register with the provider\n";
        text.extend(redirect_uris.split(',').map(|uri| format!("    {uri}\n")));
    }
    text + "\n  Changes are compiled and shown as you save them. Ctrl-C stops everything.\n"
}

#[expect(clippy::print_stdout, reason = "the output of an interactive program")]
fn say(text: &str) {
    println!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_selects_the_session_mode() {
        let file = |mode: Option<&str>| {
            Provider::Elsewhere(mode.map(|mode| (session::MODE.to_owned(), mode.to_owned())).into_iter().collect())
        };
        let emulated = Provider::Emulated { services: vec![Service::AniApi], own_redirect_uris: false };
        for (provider, expected) in [
            (emulated, SessionMode::Cookie),
            (file(None), SessionMode::Cookie),
            (file(Some("")), SessionMode::Cookie),
            (file(Some("tab")), SessionMode::Tab),
            (file(Some("proxy")), SessionMode::Proxy),
        ] {
            assert_eq!(session_of(&provider).expect("the mode is valid"), expected, "{provider:?}");
        }
        let error = session_of(&file(Some("Tab"))).expect_err("the mode is unknown").to_string();
        assert!(error.contains(session::MODE), "{error}");
    }
}
