//! `cargo xtask test`: everything that proves the project, one step after the other, and the sum at the end.

mod counts;
mod steps;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use counts::Counts;
use xtask::tools::{Setup, Tool, Toolbox};
use xtask::workspace;

/// Everything but what only the benchmarks use.
const TOOLS: [Tool; 22] = [
    Tool::WasmTarget,
    Tool::LambdaTargets,
    Tool::RustSource,
    Tool::Trunk,
    Tool::WasmBindgen,
    Tool::WasmOpt,
    Tool::Esbuild,
    Tool::CargoLambda,
    Tool::Zig,
    Tool::Chromium,
    Tool::Firefox,
    Tool::WebKit,
    Tool::Node,
    Tool::OpenId,
    Tool::Django,
    Tool::Axe,
    Tool::CargoDeny,
    Tool::CfnLint,
    Tool::Aws,
    Tool::Moto,
    Tool::Qemu,
    Tool::Valgrind,
];

/// Runs `cargo xtask test`.
///
/// # Errors
/// Where anything failed; the last line says how much.
pub(crate) fn run() -> Result<()> {
    let mut run = Run { setup: Setup::of(&TOOLS), passed: 0, failed: 0, left_out: Vec::new() };
    steps::all(&mut run)?;
    for what in &run.left_out {
        say(&format!("\nnot done: {what}"));
    }
    say(&format!("\n{} passed, {} failed", run.passed, run.failed));
    if run.failed > 0 {
        bail!("not all tests passed; the first failure is above");
    }
    Ok(())
}

/// A run of all steps.
struct Run {
    setup: Setup,
    passed: usize,
    failed: usize,
    /// What cannot be tested on this machine.
    left_out: Vec<String>,
}

impl Run {
    /// Runs a step, once its tools are there, and counts what it brings. A failure does not keep the next steps from being
    /// run.
    fn step(&mut self, name: &str, tools: &[Tool], step: impl FnOnce(&Toolbox) -> Result<Counts>) -> Result<()> {
        self.setup.wait_for(tools)?;
        say(&format!("\n== {name}"));
        let started = Instant::now();
        let counts = step(&self.setup.toolbox_so_far()).with_context(|| format!("running {name}"))?;
        self.passed += counts.passed;
        self.failed += counts.failed;
        let seconds = started.elapsed().as_secs();
        say(&format!("== {name}: {} passed, {} failed, in {seconds} s", counts.passed, counts.failed));
        Ok(())
    }

    /// Notes what cannot be tested here. In CI that is a failure: a check that is silently left out is none.
    fn leave_out(&mut self, what: &str, reason: &str) {
        self.left_out.push(format!("{what}: {reason}"));
        if is_ci() {
            self.failed += 1;
        }
    }
}

/// Whether this is a run in CI.
fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

fn cargo(toolbox: &Toolbox, arguments: &[&str]) -> Command {
    let mut cargo = toolbox.command("cargo");
    cargo.args(arguments).current_dir(workspace());
    cargo
}

/// A command that passes or fails as a whole.
fn check(mut command: Command) -> Result<Counts> {
    let status = command.stdin(Stdio::null()).status()?;
    Ok(Counts::one(status.success()))
}

/// A command that runs tests: what it prints is shown, and its closing lines are counted.
fn tests(mut command: Command) -> Result<Counts> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().context("its output is piped")?;
    let mut counts = Counts::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        counts += Counts::of(&line).unwrap_or_default();
        say(&line);
    }
    // One that does not compile, or ends early, has no closing line.
    if !child.wait()?.success() && counts.failed == 0 {
        counts.failed = 1;
    }
    Ok(counts)
}

fn say(line: &str) {
    // If the reader is gone, there is nothing to do about it.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
