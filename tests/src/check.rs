//! `cargo xtask test`: everything that proves the project, one step after the other, and the sum at the end.

mod archives;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::artefacts::{self, lambda::Processor};
use crate::dependencies::{self, Advisories};
use crate::tools::{self, Toolbox, environment};
use crate::usage::Usage;

/// Runs `cargo xtask test`.
///
/// # Errors
/// Where anything failed; the last line says how much.
pub fn run(arguments: &[String]) -> Result<()> {
    if !arguments.is_empty() {
        return Err(Usage("test takes nothing; the README says how to run one test".to_owned()).into());
    }
    let toolbox = tools::ensure(tools::TEST)?;
    let mut run = Run { toolbox: &toolbox, passed: 0, failed: 0 };
    let advisories = Advisories::decide();
    let mut not_here = Vec::new();

    run.step("format", |run| check(run.cargo(&["fmt", "--all", "--check"])))?;
    run.step("lints", |run| {
        check(run.cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
    })?;
    run.step("documentation", |run| {
        let mut doc = run.cargo(&["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"]);
        doc.env("RUSTDOCFLAGS", "-D warnings");
        check(doc)
    })?;
    run.step("the deployment's template", |run| check(lint_template(run)))?;
    run.step("dependencies", |run| check(dependencies::policy(run.toolbox)))?;
    if advisories == Advisories::Asked {
        run.step("advisories", |run| check(dependencies::advisories(run.toolbox)))?;
    }
    run.step("protocol, function, emulator, tools", |run| {
        tests(run.cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]))
    })?;
    run.step("the app's own parts, in a browser", |run| tests(in_browser(run)?))?;
    run.step("release archives of the function", |run| built(artefacts::build_function(run.toolbox).map(drop)))?;
    for processor in Processor::ALL {
        if let Some(platform) = archives::started(&run, processor) {
            let title = format!("the archive for {}, under a Lambda Runtime API", processor.name());
            run.step(&title, |_| platform.map_or_else(|error| built(Err(error)), tests))?;
        } else {
            not_here.push(format!("not started: the archive for {}, because nothing here runs it", processor.name()));
        }
    }
    run.step("the function's size", |_| built(archives::weighed()))?;
    match archives::counted(&run) {
        Some(counted) => {
            run.step("the function's work, counted", |_| counted.map_or_else(|error| built(Err(error)), tests))?
        }
        None => not_here.push("not counted: the function's instructions, because there is no Valgrind here".to_owned()),
    }
    run.step("the same archives from another folder", |run| built(artefacts::again::check(run.toolbox)))?;
    run.step("the site", |run| built(artefacts::build_site(run.toolbox).map(drop)))?;
    run.step("deployment, against a stand-in for AWS", |run| {
        tests(run.cargo(&["test", "--package", "tests", "--test", "deploy", "--locked"]))
    })?;
    run.step("end to end", |run| {
        let mut e2e = run.cargo(&["test", "--package", "tests", "--test", "e2e", "--locked"]);
        e2e.env("E2E_SITE", environment::workspace().join("target/site"));
        tests(e2e)
    })?;

    if advisories == Advisories::OutOfReach {
        not_here.push(dependencies::NOT_ASKED.to_owned());
    }
    for what in not_here {
        say(&format!("\n{what}"));
    }
    say(&format!("\n{} passed, {} failed", run.passed, run.failed));
    if run.failed > 0 {
        bail!("not all tests passed; the first that did not is told above");
    }
    Ok(())
}

struct Run<'a> {
    toolbox: &'a Toolbox,
    passed: usize,
    failed: usize,
}

impl Run<'_> {
    /// Runs a step and counts what it brings. A failure does not keep the next steps from being run.
    fn step(&mut self, name: &str, step: impl FnOnce(&Self) -> Result<Counts>) -> Result<()> {
        say(&format!("\n== {name}"));
        let started = Instant::now();
        let counts = step(self).with_context(|| format!("running {name}"))?;
        self.passed += counts.passed;
        self.failed += counts.failed;
        let seconds = started.elapsed().as_secs();
        say(&format!("== {name}: {} passed, {} failed, in {seconds} s", counts.passed, counts.failed));
        Ok(())
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = self.toolbox.command("cargo");
        cargo.args(arguments).current_dir(environment::workspace());
        cargo
    }
}

/// Whether CloudFormation would know everything in the template.
fn lint_template(run: &Run<'_>) -> Command {
    let mut lint = run.toolbox.command("cfn-lint");
    lint.arg("function/template.yaml").current_dir(environment::workspace());
    lint
}

/// A command that passes or fails as a whole.
fn check(mut command: Command) -> Result<Counts> {
    let status = command.stdin(Stdio::null()).status()?;
    Ok(Counts::one(status.success()))
}

/// A build that passes or fails as a whole.
fn built(outcome: Result<()>) -> Result<Counts> {
    if let Err(error) = &outcome {
        say(&format!("error: {error:#}"));
    }
    Ok(Counts::one(outcome.is_ok()))
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

/// The WebAssembly tests, in the browser that was set up.
fn in_browser(run: &Run<'_>) -> Result<Command> {
    let runner = run.toolbox.wasm_bindgen_test_runner().context("wasm-bindgen was set up")?;
    let browser = run.toolbox.browser().context("a browser was set up")?;
    let mut cargo =
        run.cargo(&["test", "--package", "frontend", "--lib", "--target", "wasm32-unknown-unknown", "--locked"]);
    cargo
        .envs(run.toolbox.wasm_env())
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("CHROMEDRIVER", &browser.chromedriver);
    Ok(cargo)
}

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: usize,
    failed: usize,
}

impl Counts {
    fn one(passed: bool) -> Self {
        Self { passed: usize::from(passed), failed: usize::from(!passed) }
    }

    /// Reads the line with which Rust's test runners close.
    fn of(line: &str) -> Option<Self> {
        let line = line.split_once("test result: ")?.1;
        let number = |word: &str| {
            let before = line.split_once(word)?.0;
            before.rsplit([' ', '.', ';']).find(|part| !part.is_empty())?.parse().ok()
        };
        Some(Self { passed: number(" passed")?, failed: number(" failed")? })
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

fn say(line: &str) {
    // Where nobody listens any more there is nobody to tell.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_of_a_test_run_is_read() {
        for (line, expected) in [
            ("test result: ok. 47 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out", Some((47, 0))),
            ("test result: FAILED. 37 passed; 1 failed; 0 ignored", Some((37, 1))),
            ("test result: ok. 0 passed; 0 failed", Some((0, 0))),
            ("test result: ", None),
            ("test session::a_result_of_3_passed ... ok", None),
            ("", None),
        ] {
            let expected = expected.map(|(passed, failed)| Counts { passed, failed });
            assert_eq!(Counts::of(line), expected, "{line}");
        }
    }
}
