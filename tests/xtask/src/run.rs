//! Commands that are separate programs: each is compiled, and run with the tools that it needs on its `PATH`.

use std::process::Command;

use anyhow::{Context as _, Result, bail};
use xtask::tools::{self, Tool, Toolbox};
use xtask::workspace;

/// Runs one of the commands of `function/deploy`.
///
/// # Errors
/// If a tool is missing, or the command fails.
pub(crate) fn deploy(command: &str, arguments: &[String]) -> Result<()> {
    if command == "build" && !arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        return build(arguments);
    }
    let wanted: &[Tool] =
        if matches!(command, "deploy" | "destroy" | "rollback" | "rotate-session-key") { &[Tool::Aws] } else { &[] };
    let toolbox = tools::ensure(wanted)?;
    let mut program = program(&toolbox, "deploy", "deploy")?;
    // A file that is named on the command line is where the person is.
    program.current_dir(std::env::current_dir().context("the current folder")?);
    to_end(program.arg(command).args(arguments))
}

/// Builds each part with its own tools and the environment for its target.
fn build(arguments: &[String]) -> Result<()> {
    let names: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let parts: &[(&str, &[Tool], Tool)] = match names[..] {
        [] => &[("site", tools::SITE, Tool::WasmTarget), ("function", tools::FUNCTION, Tool::LambdaTargets)],
        ["site"] => &[("site", tools::SITE, Tool::WasmTarget)],
        [name] if name.starts_with("function") => &[(name, tools::FUNCTION, Tool::LambdaTargets)],
        // The program's own parser reports the error.
        _ => &[],
    };
    if parts.is_empty() {
        return to_end(program(&Toolbox::default(), "deploy", "deploy")?.arg("build").args(arguments));
    }
    for (part, wanted, target) in parts {
        let toolbox = tools::ensure(wanted)?;
        let mut program = program(&toolbox, "deploy", "deploy")?;
        to_end(program.args(["build", part]).envs(toolbox.build_env(*target)))?;
    }
    Ok(())
}

/// Runs `cargo xtask screenshots`.
///
/// # Errors
/// If the site cannot be built, or a state cannot be reached.
pub(crate) fn screenshots() -> Result<()> {
    build(&["site".to_owned()])?;
    let toolbox = tools::ensure(&[Tool::CargoLambda, Tool::Chromium, Tool::Axe])?;
    let folder = workspace().join("target/screenshots");
    let mut screenshots = program(&toolbox, "browser", "screenshots")?;
    to_end(screenshots.arg(workspace().join("target/site")).arg(&folder))?;
    eprintln!("the screenshots are in {}", folder.display());
    Ok(())
}

/// Compiles a program of the workspace.
///
/// # Errors
/// If it does not compile.
pub(crate) fn program(toolbox: &Toolbox, package: &str, name: &str) -> Result<Command> {
    to_end(toolbox.command("cargo").args(["build", "--locked", "--package", package, "--bin", name]))?;
    let path = workspace().join("target/debug").join(name);
    let mut command = toolbox.command(&path.to_string_lossy());
    command.current_dir(workspace());
    Ok(command)
}

/// Runs a command to its end. If it fails, this process exits with the same code.
///
/// # Errors
/// If it cannot be started, or is stopped by a signal.
pub(crate) fn to_end(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("starting {name}"))?;
    match status.code() {
        Some(0) => Ok(()),
        // The command has reported its error.
        Some(code) => std::process::exit(code),
        None => bail!("{name} was stopped ({status})"),
    }
}
