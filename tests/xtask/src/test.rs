//! `cargo xtask test`: all checks and tests, step by step, and a summary.

mod counts;
mod steps;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use counts::Counts;
use xtask::tools::{Setup, Tool, Toolbox};
use xtask::workspace;

/// All tools, except those that only the benchmarks use.
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
/// If anything failed; the last line has the number of failures.
pub(crate) fn run() -> Result<()> {
    let mut run = Run { setup: Setup::of(&TOOLS), passed: 0, failed: 0, skipped: Vec::new() };
    steps::all(&mut run)?;
    for what in &run.skipped {
        say(&format!("\nskipped: {what}"));
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
    /// What cannot be tested on this machine, with reasons.
    skipped: Vec<String>,
}

impl Run {
    /// Runs a step as soon as its tools are installed, and adds its counts. The next steps run even if it fails.
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

    /// Records what cannot be tested on this machine. In CI that is a failure: a check that is skipped unnoticed is
    /// worthless.
    fn skip(&mut self, what: &str, reason: &str) {
        self.skipped.push(format!("{what}: {reason}"));
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

/// A command that runs tests: its output is shown, and the counts in its summary lines are added.
fn tests(mut command: Command) -> Result<Counts> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().context("its output is not piped")?;
    let mut counts = Counts::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        counts += Counts::of(&line).unwrap_or_default();
        say(&line);
    }
    // Without a summary line, it did not compile or ended early.
    if !child.wait()?.success() && counts.failed == 0 {
        counts.failed = 1;
    }
    Ok(counts)
}

fn say(line: &str) {
    // If standard output is closed, the error is ignored.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
