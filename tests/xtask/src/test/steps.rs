//! The steps of `cargo xtask test`, in their order: what is quick and needs no tools comes first.

use std::env::consts::{ARCH, OS};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use xtask::tools::{self, Tool, Toolbox};
use xtask::{budget, documented, workspace};

use super::{Run, cargo, check, tests};
use crate::advisories::{self, Advisories};

/// Packages with a lock file of their own.
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
            // What a plain `cargo test` leaves out, `--all-targets` does too.
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
            run.left_out.push(format!("the oldest supported Rust: run `rustup toolchain install {version}` first"));
            Ok(())
        }
    }
}

/// The presets are modules by a macro, which `cargo fmt` does not look into.
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
        Advisories::Asked => {
            run.step("advisories", &[Tool::CargoDeny], |toolbox| check(advisories::advisories(toolbox)))?;
        }
        Advisories::OutOfReach => run.left_out.push(advisories::NOT_ASKED.to_owned()),
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
        check(as_in(toolbox, documented("cargo xtask build function")))
    })?;
    // Here, because cargo-lambda deploys one of the archives.
    run.step("deployment, against a stand-in for AWS", &[Tool::Aws, Tool::Moto, Tool::CargoLambda], |toolbox| {
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
            Err(reason) => run.leave_out(&format!("starting the archive for {processor}"), &reason),
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
        let reason = toolbox.missing(Tool::Valgrind).unwrap_or("it is counted on x86-64 Linux only").to_owned();
        run.leave_out("counting the function's instructions", &reason);
    }
    run.step("the same archives from another folder", tools::FUNCTION, |toolbox| {
        let mut cargo = cargo(toolbox, &["test", "--package", "deploy-tests", "--test", "reproducible", "--locked"]);
        cargo.envs(toolbox.build_env(Tool::LambdaTargets));
        tests(cargo)
    })?;
    run.step("the site", tools::SITE, |toolbox| check(as_in(toolbox, documented("cargo xtask build site"))))
}

/// A documented command, with the tools of this run.
fn as_in(toolbox: &Toolbox, mut command: Command) -> Command {
    command.env("PATH", toolbox.path_env());
    command
}

/// What a processor's program is run under: nothing, if it is this machine's own.
fn runner(toolbox: &Toolbox, processor: &str) -> Result<Option<String>, String> {
    match (processor, OS, ARCH) {
        ("arm64", "linux", "aarch64") | ("x86_64", "linux", "x86_64") => Ok(None),
        ("arm64", ..) => match (toolbox.find("qemu-aarch64"), toolbox.find("aarch64-libraries")) {
            (Some(qemu), Some(libraries)) => Ok(Some(format!("{} -L {}", qemu.display(), libraries.display()))),
            _ => Err(toolbox.missing(Tool::Qemu).unwrap_or("there is no QEMU").to_owned()),
        },
        _ => Err("nothing here runs it".to_owned()),
    }
}

/// The tests of the function's binary, over the one in an archive.
fn platform(toolbox: &Toolbox, processor: &str, runner: &Option<String>) -> Command {
    let mut cargo = cargo(toolbox, &["test", "--package", "function-tests", "--test", "platform", "--locked"]);
    cargo.env("FUNCTION_ARCHIVE", archive(processor));
    if let Some(runner) = runner {
        cargo.env("FUNCTION_UNDER", runner);
        // What an emulator keeps in memory says nothing about the function.
        cargo.args(["--", "--skip", "soak"]);
    }
    cargo
}

/// A budget of the archives' programs, which the other runs leave out.
fn budget_of(toolbox: &Toolbox, name: &str) -> Command {
    let mut cargo = cargo(toolbox, &["test", "--package", "function-tests", "--test", "platform", "--locked"]);
    cargo.args(["--", name, "--ignored", "--nocapture"]);
    cargo
}

fn archive(processor: &str) -> PathBuf {
    workspace().join(format!("target/function-{processor}.zip"))
}

fn browsers(run: &mut Run) -> Result<()> {
    run.step("cargo xtask dev, as a newcomer runs it", &[Tool::Chromium], |toolbox| {
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
            run.leave_out(&format!("the end-to-end tests in {}", engine.name()), reason);
        }
    }
    Ok(())
}
