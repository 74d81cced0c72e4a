//! `cargo xtask dev`: everything on this machine, until Ctrl-C.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::aniapi::PEOPLE;
use crate::process::{self, Child, Output};
use crate::stack::{Plan, Ports, Stack, clear_variables};
use crate::tools::{self, Toolbox, environment};
use crate::usage::Usage;

/// Runs `cargo xtask dev [--env-file FILE]`.
///
/// # Errors
/// Where something is missing, a port is taken, or a part ends by itself.
pub fn run(arguments: &[String]) -> Result<()> {
    let env_file = env_file(arguments)?;
    // Before the builds, which take a while.
    Ports::DEV.ensure_free(env_file.is_none())?;
    let toolbox = tools::ensure(tools::DEV)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        tokio::select! {
            // Whatever is running by then is dropped, and so ended.
            interrupted = process::interrupted() => interrupted,
            ended = everything(&toolbox, env_file) => ended,
        }
    })
}

fn env_file(arguments: &[String]) -> Result<Option<PathBuf>> {
    match arguments {
        [] => Ok(None),
        [flag, file] if flag == "--env-file" => Ok(Some(file.into())),
        _ => Err(Usage("dev takes `--env-file <file>` or nothing".to_owned()).into()),
    }
}

async fn everything(toolbox: &Toolbox, env_file: Option<PathBuf>) -> Result<()> {
    say("building the function and the app; the first time this takes a few minutes …");
    build_function(toolbox).await?;
    let provider = match &env_file {
        Some(file) => Some(provider(toolbox, file).await?),
        None => None,
    };
    let (mut trunk, site) = watch_site(toolbox).await?;
    let plan = Plan { ports: Ports::DEV, site, provider, output: Output::Prefixed, reload: true };
    let mut stack = Stack::start(toolbox, plan).await?;
    say(&greeting(&stack));
    let mut look_again = tokio::time::interval(Duration::from_millis(500));
    loop {
        look_again.tick().await;
        for child in [&mut trunk, &mut stack.function] {
            if let Some(status) = child.exited()? {
                bail!("{} has ended ({status}); its last lines are above", child.name());
            }
        }
    }
}

/// Compiles the function where one can see it; `cargo lambda watch` then finds it ready.
async fn build_function(toolbox: &Toolbox) -> Result<()> {
    let mut cargo = toolbox.command("cargo");
    cargo.args(["build", "--package", "function"]).current_dir(environment::workspace());
    let mut child = Child::spawn(cargo, "function", Output::Inherit)?;
    if !ended(&mut child).await?.success() {
        bail!("the function does not compile");
    }
    Ok(())
}

/// Reads the file, and lets the function itself say whether it can start with it.
async fn provider(toolbox: &Toolbox, file: &Path) -> Result<BTreeMap<String, String>> {
    let read = || -> dotenvy::Result<_> { dotenvy::from_path_iter(file)?.collect::<dotenvy::Result<BTreeMap<_, _>>>() };
    let environment = read().with_context(|| format!("reading {}", file.display()))?;
    let function = environment::workspace().join("target/debug/function");
    let mut function = toolbox.command(&function.to_string_lossy());
    function.env_remove("AWS_LAMBDA_RUNTIME_API");
    clear_variables(&mut function);
    let output = function.envs(&environment).output().context("starting the function")?;
    let told = String::from_utf8_lossy(&output.stderr);
    if told.contains("its environment is not right") {
        bail!("{}: {}", file.display(), told.trim_end());
    }
    Ok(environment)
}

/// Keeps the site built from now on, and waits for the first time.
async fn watch_site(toolbox: &Toolbox) -> Result<(Child, PathBuf)> {
    let site = environment::workspace().join("target/dev-site");
    let index = site.join("index.html");
    if index.exists() {
        std::fs::remove_file(&index).with_context(|| format!("removing {}", index.display()))?;
    }
    let mut trunk = toolbox.command("trunk");
    trunk.args(["watch", "--dist"]).arg(&site).current_dir(environment::workspace().join("frontend"));
    trunk.envs(toolbox.wasm_env());
    let mut child = Child::spawn(trunk, "app", Output::Prefixed)?;
    let mut look_again = tokio::time::interval(Duration::from_millis(100));
    while !index.exists() {
        look_again.tick().await;
        if let Some(status) = child.exited()? {
            bail!("trunk has ended ({status}); its last lines are above");
        }
    }
    Ok((child, site))
}

async fn ended(child: &mut Child) -> Result<std::process::ExitStatus> {
    let mut look_again = tokio::time::interval(Duration::from_millis(50));
    loop {
        look_again.tick().await;
        if let Some(status) = child.exited()? {
            return Ok(status);
        }
    }
}

fn greeting(stack: &Stack) -> String {
    let mut text =
        format!("\n  The app is at      {}\n  the function at    {}\n", stack.site.url(), stack.function_url);
    if let Some(emulator) = &stack.emulator {
        text += &format!("  an AniAPI of ours  {}\n\n  Log in as\n", emulator.url());
        for person in &PEOPLE {
            let note = if person.email_verified { "" } else { "   (has not verified the e-mail)" };
            text += &format!("    {} / {}{note}\n", person.email, person.password);
        }
    }
    text + "\n  Ctrl-C ends it all.\n"
}

#[expect(clippy::print_stdout, reason = "a program that talks to a person")]
fn say(text: &str) {
    println!("{text}");
}
