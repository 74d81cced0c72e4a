//! `cargo xtask dev`: everything on this machine, until Ctrl-C.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::emulator::{PEOPLE, Service};
use crate::process::{self, Child, Output};
use crate::stack::{Plan, Ports, Provider, Stack, clear_variables};
use crate::tools::{self, Toolbox, environment};
use crate::usage::Usage;

/// Runs `cargo xtask dev [--provider NAME,… | --env-file FILE]`.
///
/// # Errors
/// Where something is missing, a port is taken, or a part ends by itself.
pub fn run(arguments: &[String]) -> Result<()> {
    let provider = provider(arguments)?;
    // Before the builds, which take a while.
    Ports::DEV.ensure_free(&provider)?;
    let toolbox = tools::ensure(tools::DEV)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        tokio::select! {
            // Whatever is running by then is dropped, and so ended.
            interrupted = process::interrupted() => interrupted,
            ended = everything(&toolbox, provider) => ended,
        }
    })
}

fn provider(arguments: &[String]) -> Result<Provider> {
    match arguments {
        [] => Ok(Provider::Emulated(vec![Service::AniApi])),
        [flag, names] if flag == "--provider" => Ok(Provider::Emulated(services(names)?)),
        [flag, file] if flag == "--env-file" => Ok(Provider::Elsewhere(read(Path::new(file))?)),
        _ => Err(Usage("dev takes `--provider <name>`, `--env-file <file>` or nothing".to_owned()).into()),
    }
}

/// The services of a list with commas.
fn services(names: &str) -> Result<Vec<Service>> {
    let mut services = Vec::new();
    for name in names.split(',').map(str::trim) {
        let Some(service) = Service::of_preset(name) else {
            let known = Service::ALL.map(Service::id).join(", ");
            return Err(Usage(format!(
                "no provider `{name}`; --provider takes one, or several with commas, of: {known}"
            ))
            .into());
        };
        if services.contains(&service) {
            return Err(Usage(format!("--provider names `{name}` twice")).into());
        }
        services.push(service);
    }
    Ok(services)
}

fn read(file: &Path) -> Result<BTreeMap<String, String>> {
    let read = || -> dotenvy::Result<_> { dotenvy::from_path_iter(file)?.collect() };
    read().with_context(|| format!("reading {}", file.display()))
}

async fn everything(toolbox: &Toolbox, provider: Provider) -> Result<()> {
    say("building the function and the app; the first time this takes a few minutes …");
    build_function(toolbox).await?;
    if let Provider::Elsewhere(environment) = &provider {
        try_out(toolbox, environment)?;
    }
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

/// Lets the function itself say whether it can start with that environment.
fn try_out(toolbox: &Toolbox, environment: &BTreeMap<String, String>) -> Result<()> {
    let function = environment::workspace().join("target/debug/function");
    let mut function = toolbox.command(&function.to_string_lossy());
    function.env_remove("AWS_LAMBDA_RUNTIME_API");
    clear_variables(&mut function);
    let output = function.envs(environment).output().context("starting the function")?;
    let told = String::from_utf8_lossy(&output.stderr);
    if told.contains("its environment is not right") {
        bail!("{}", told.trim_end());
    }
    Ok(())
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
    for emulator in &stack.emulators {
        text += &format!("  {:<18} {}\n", format!("our {}", emulator.service().name()), emulator.url());
    }
    if !stack.emulators.is_empty() {
        text += "\n  Log in as\n";
        let has_aniapi = stack.emulators.iter().any(|emulator| emulator.service() == Service::AniApi);
        for person in PEOPLE.iter().filter(|person| person.email_verified || has_aniapi) {
            let note = if person.email_verified { "" } else { "   (has not verified the e-mail with AniAPI)" };
            text += &format!("    {} / {}{note}\n", person.email, person.password);
        }
    }
    text + "\n  Ctrl-C ends it all.\n"
}

#[expect(clippy::print_stdout, reason = "a program that talks to a person")]
fn say(text: &str) {
    println!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &str) -> Result<Vec<Service>, String> {
        services(names).map_err(|error| error.to_string())
    }

    #[test]
    fn providers_are_named_by_their_presets() {
        assert_eq!(named("github"), Ok(vec![Service::GitHub]));
        assert_eq!(named("aniapi, myanimelist"), Ok(vec![Service::AniApi, Service::MyAnimeList]));
        for (names, told) in [
            ("GitHub", "no provider `GitHub`"),
            ("", "no provider ``"),
            ("github,", "no provider ``"),
            ("moon", "aniapi, anilist, github, myanimelist, oauth2"),
            ("github,github", "`github` twice"),
        ] {
            let error = named(names).expect_err(names);
            assert!(error.contains(told), "{names}: {error}");
        }
    }

    #[test]
    fn a_command_line_that_makes_no_sense_is_a_matter_of_usage() {
        for words in
            [&["--provider"][..], &["github"], &["--provider", "github", "--env-file", ".env"], &["--provider", "moon"]]
        {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            assert!(provider(&words).expect_err("it makes none").is::<Usage>(), "{words:?}");
        }
    }
}
