//! The steps of `cargo xtask test`, in order: fast ones that need no tools come first.

use std::env::consts::{ARCH, OS};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use xtask::tools::{self, Tool, Toolbox};
use xtask::{budget, documented, workspace};

use super::{Run, cargo, check, tests};
use crate::advisories::{self, Advisories};

/// A package with its own lock file.
const BENCH: &str = "tests/bench/Cargo.toml";
const PRESETS: &str = "shared/src/provider/presets";

pub(super) fn all(run: &mut Run) -> Result<()> {
    source(run)?;
    dependencies(run)?;
    suites(run)?;
    built(run)?;
    browsers(run)
}

fn source(run: &mut Run) -> Result<()> {
    run.step("format", &[], |toolbox| {
        let mut all = documented("cargo fmt --all");
        all.arg("--check");
        let mut counts = check(all)?;
        counts += check(cargo(toolbox, &["fmt", "--manifest-path", BENCH, "--check"]))?;
        counts += check(format_of_presets(toolbox)?)?;
        Ok(counts)
    })?;
    run.step("lints", &[], |toolbox| {
        let deny = ["--locked", "--", "-D", "warnings"];
        let mut all = documented("cargo clippy --workspace --all-targets");
        all.args(deny);
        let mut counts = check(all)?;
        for more in [
            &["clippy", "--manifest-path", BENCH, "--all-targets"][..],
            // Test targets that `--all-targets` leaves out, like a plain `cargo test`.
            &["clippy", "-p", "browser", "--test", "e2e", "--test", "dev"],
            &["clippy", "-p", "deploy-tests", "--test", "cloud", "--test", "reproducible"],
        ] {
            counts += check(cargo(toolbox, &[more, &deny[..]].concat()))?;
        }
        Ok(counts)
    })?;
    run.step("documentation", &[], |toolbox| {
        let mut doc = cargo(toolbox, &["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"]);
        doc.env("RUSTDOCFLAGS", "-D warnings");
        check(doc)
    })?;
    match budget::oldest_rust()? {
        Some(version) if has_toolchain(&version) => run.step("the oldest supported Rust", &[], |toolbox| {
            let mut cargo = cargo(toolbox, &["check", "--workspace", "--locked"]);
            cargo.env("RUSTUP_TOOLCHAIN", &version).env("CARGO_TARGET_DIR", workspace().join("target/oldest-rust"));
            check(cargo)
        }),
        version => {
            let version = version.unwrap_or_default();
            run.skipped.push(format!("the oldest supported Rust: run `rustup toolchain install {version}` first"));
            Ok(())
        }
    }
}

/// The presets are modules by a macro, which `cargo fmt` does not follow.
fn format_of_presets(toolbox: &Toolbox) -> Result<Command> {
    let mut rustfmt = toolbox.command("rustfmt");
    rustfmt.args(["--check", "--edition", "2024"]).current_dir(workspace());
    for entry in std::fs::read_dir(workspace().join(PRESETS)).context("reading the presets")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            rustfmt.arg(path);
        }
    }
    Ok(rustfmt)
}

fn has_toolchain(version: &str) -> bool {
    let mut rustc = Command::new("rustc");
    rustc.arg("--version").env("RUSTUP_TOOLCHAIN", version).env("RUSTUP_AUTO_INSTALL", "0");
    rustc.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn dependencies(run: &mut Run) -> Result<()> {
    run.step("licences and sources of dependencies", &[Tool::CargoDeny], |toolbox| check(advisories::policy(toolbox)))?;
    match Advisories::decide() {
        Advisories::Checked => {
            run.step("advisories", &[Tool::CargoDeny], |toolbox| check(advisories::advisories(toolbox)))?;
        }
        Advisories::Unreachable => run.skipped.push(advisories::NOT_CHECKED.to_owned()),
    }
    Ok(())
}

fn suites(run: &mut Run) -> Result<()> {
    run.step("protocol, function, emulator, tools, documents", &[Tool::Node], |toolbox| {
        tests(cargo(toolbox, &["test", "--workspace", "--locked", "--no-fail-fast"]))
    })?;
    run.step("benchmarks", &[], |toolbox| tests(cargo(toolbox, &["test", "--manifest-path", BENCH, "--locked"])))?;
    run.step("the deployment's template", &[Tool::CfnLint], |toolbox| {
        let mut lint = toolbox.command("cfn-lint");
        lint.arg("function/template.yaml").current_dir(workspace());
        check(lint)
    })?;
    let tools = [Tool::WasmTarget, Tool::WasmBindgen, Tool::Chromium];
    run.step("the app's own parts, in a browser", &tools, |toolbox| tests(in_browser(toolbox)?))
}

/// The WebAssembly tests, in the browser that was set up.
fn in_browser(toolbox: &Toolbox) -> Result<Command> {
    let target = ["--target", "wasm32-unknown-unknown", "--locked"];
    let mut cargo = cargo(toolbox, &[&["test", "--package", "leptos-login", "--lib"], &target[..]].concat());
    cargo
        .envs(toolbox.build_env(Tool::WasmTarget))
        .env("CARGO_TARGET_DIR", workspace().join("target/app"))
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", toolbox.path("wasm-bindgen-test-runner")?)
        .env("CHROMEDRIVER", toolbox.path("chromedriver")?);
    Ok(cargo)
}

fn built(run: &mut Run) -> Result<()> {
    run.step("release archives of the function", tools::FUNCTION, |toolbox| {
        check(with_tools(toolbox, documented("cargo xtask build function")))
    })?;
    // After the archives, because cargo-lambda deploys one of them.
    let tools = [Tool::Aws, Tool::Moto, Tool::CargoLambda, Tool::CfnLint];
    run.step("deployment, against a stand-in for AWS", &tools, |toolbox| {
        tests(cargo(toolbox, &["test", "--package", "deploy-tests", "--test", "cloud", "--locked"]))
    })?;
    for (processor, under) in [("arm64", Tool::Qemu), ("x86_64", Tool::CargoLambda)] {
        run.setup.wait_for(&[under])?;
        let toolbox = run.setup.toolbox_so_far();
        match runner(&toolbox, processor) {
            Ok(runner) => {
                let name = format!("the archive for {processor}, under a Lambda Runtime API");
                run.step(&name, &[under], |toolbox| tests(platform(toolbox, processor, &runner)))?;
            }
            Err(reason) => run.skip(&format!("starting the archive for {processor}"), &reason),
        }
    }
    run.step("the function's size", &[], |toolbox| tests(budget_of(toolbox, "budget::size")))?;
    run.setup.wait_for(&[Tool::Valgrind])?;
    let toolbox = run.setup.toolbox_so_far();
    if let (Some(valgrind), ("linux", "x86_64")) = (toolbox.find("valgrind"), (OS, ARCH)) {
        let callgrind = format!("{} --tool=callgrind --callgrind-out-file=/dev/null", valgrind.display());
        run.step("the function's instructions, counted", &[], |toolbox| {
            let mut cargo = budget_of(toolbox, "budget::instructions");
            cargo.env("FUNCTION_ARCHIVE", archive("x86_64")).env("FUNCTION_UNDER", &callgrind);
            tests(cargo)
        })?;
    } else {
        let reason =
            toolbox.missing(Tool::Valgrind).unwrap_or("instructions are counted only on x86-64 Linux").to_owned();
        run.skip("counting the function's instructions", &reason);
    }
    run.step("the site", tools::SITE, |toolbox| check(with_tools(toolbox, documented("cargo xtask build site"))))?;
    let tools = [tools::FUNCTION, tools::SITE].concat();
    run.step("the same output from another folder", &tools, |toolbox| {
        let mut cargo = cargo(toolbox, &["test", "--package", "deploy-tests", "--test", "reproducible", "--locked"]);
        cargo.envs(toolbox.build_env(Tool::LambdaTargets)).env("PATH", toolbox.path_env());
        tests(cargo)
    })
}

/// A documented command, with the tools of this run.
fn with_tools(toolbox: &Toolbox, mut command: Command) -> Command {
    command.env("PATH", toolbox.path_env());
    command
}

/// The command that runs programs for a processor; none for this machine's own.
fn runner(toolbox: &Toolbox, processor: &str) -> Result<Option<String>, String> {
    match (processor, OS, ARCH) {
        ("arm64", "linux", "aarch64") | ("x86_64", "linux", "x86_64") => Ok(None),
        ("arm64", ..) => match (toolbox.find("qemu-aarch64"), toolbox.find("aarch64-libraries")) {
            (Some(qemu), Some(libraries)) => Ok(Some(format!("{} -L {}", qemu.display(), libraries.display()))),
            _ => Err(toolbox.missing(Tool::Qemu).unwrap_or("there is no QEMU").to_owned()),
        },
        _ => Err("this machine cannot run it".to_owned()),
    }
}

/// The tests of the function's binary in an archive.
fn platform(toolbox: &Toolbox, processor: &str, runner: &Option<String>) -> Command {
    let mut cargo = cargo(toolbox, &["test", "--package", "function-tests", "--test", "platform", "--locked"]);
    cargo.env("FUNCTION_ARCHIVE", archive(processor));
    if let Some(runner) = runner {
        cargo.env("FUNCTION_UNDER", runner);
        // Memory use under QEMU says nothing about the function's.
        cargo.args(["--", "--skip", "soak"]);
    }
    cargo
}

/// A budget test of the archives' programs, which the other runs skip.
fn budget_of(toolbox: &Toolbox, name: &str) -> Command {
    let mut cargo = cargo(toolbox, &["test", "--package", "function-tests", "--test", "platform", "--locked"]);
    cargo.args(["--", name, "--ignored", "--nocapture"]);
    cargo
}

fn archive(processor: &str) -> PathBuf {
    workspace().join(format!("target/function-{processor}.zip"))
}

fn browsers(run: &mut Run) -> Result<()> {
    run.step("cargo xtask dev, for a newcomer", &[Tool::Chromium], |toolbox| {
        tests(cargo(toolbox, &["test", "--package", "browser", "--test", "dev", "--locked"]))
    })?;
    let tools = [Tool::Chromium, Tool::OpenId, Tool::Django, Tool::Axe, Tool::Firefox, Tool::WebKit];
    run.step("end to end", &tools, |toolbox| {
        let mut e2e = cargo(toolbox, &["test", "--package", "browser", "--test", "e2e", "--locked"]);
        e2e.env("E2E_SITE", workspace().join("target/site"));
        tests(e2e)
    })?;
    let toolbox = run.setup.toolbox_so_far();
    for engine in [Tool::Firefox, Tool::WebKit] {
        if let Some(reason) = toolbox.missing(engine) {
            run.skip(&format!("the end-to-end tests in {}", engine.name()), reason);
        }
    }
    Ok(())
}
