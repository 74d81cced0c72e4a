//! `cargo xtask dev`: sets up the tools, builds the parts, and becomes the program `stack`, which runs them.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::ArgMatches;
use xtask::process::{ports, prefixed};
use xtask::tools::{self, Setup, Tool, Toolbox};
use xtask::workspace;

/// The arguments of `cargo xtask dev`.
pub(crate) struct Options {
    providers: Vec<String>,
    env_file: Option<PathBuf>,
    session: Option<String>,
    port: u16,
}

impl Options {
    pub(crate) fn of(arguments: &ArgMatches) -> Self {
        Self {
            providers: arguments.get_many::<String>("provider").into_iter().flatten().cloned().collect(),
            env_file: arguments.get_one::<PathBuf>("env-file").cloned(),
            session: arguments.get_one::<String>("session").cloned(),
            port: arguments.get_one("port").copied().unwrap_or(3000),
        }
    }

    /// The ports that have to be free, and their purposes.
    fn ports(&self) -> Vec<(u16, &'static str)> {
        let mut ports = vec![(self.port, "the app"), (self.port + 6000, "the function")];
        let emulators = if self.env_file.is_some() { 0 } else { self.providers.len().max(1) };
        ports.extend((1000..).take(emulators).map(|offset| (self.port + offset, "an emulator")));
        ports
    }
}

/// Runs `cargo xtask dev`.
///
/// # Errors
/// If a tool is missing, a port is in use, or something does not compile.
pub(crate) fn run(options: &Options) -> Result<()> {
    let started = Instant::now();
    let file = options.env_file.as_deref().map(std::path::absolute).transpose().context("the path of the env file")?;
    if let Some(file) = &file {
        std::fs::metadata(file).with_context(|| format!("reading {}", file.display()))?;
    }
    for (port, what) in options.ports() {
        ensure_free(port, what)?;
    }
    let toolbox = build()?;
    let mut stack = toolbox.command(&workspace().join("target/debug/stack").to_string_lossy());
    stack.args(["--port", &options.port.to_string()]);
    match &file {
        Some(file) => stack.arg("--env-file").arg(file),
        None if !options.providers.is_empty() => stack.args(["--provider", &options.providers.join(",")]),
        None => &mut stack,
    };
    if let Some(mode) = &options.session {
        stack.args(["--session", mode]);
    }
    stack.env("XTASK_STARTED", started.elapsed().as_millis().to_string());
    // It replaces this process, so that Ctrl-C and signals reach it.
    Err(stack.exec()).context("starting the stack")
}

/// Sets up the tools, and meanwhile compiles what needs none of them.
fn build() -> Result<Toolbox> {
    let setup = Setup::of(tools::DEV);
    thread::scope(|scope| {
        let native = scope.spawn(|| {
            let own = Toolbox::default();
            for (name, arguments) in [("function", &["--package", "function"][..]), ("stack", &["--package", "stack"])]
            {
                let mut cargo = own.command("cargo");
                cargo.arg("build").args(arguments).current_dir(workspace());
                compile(cargo, name)?;
            }
            Ok::<_, anyhow::Error>(())
        });
        // The app is compiled as soon as its standard library is available; Trunk reuses the result.
        let app = scope.spawn(|| {
            setup.wait_for(&[Tool::WasmTarget])?;
            let mut cargo = setup.toolbox_so_far().command("cargo");
            cargo.args(["build", "--target", "wasm32-unknown-unknown", "--package", "frontend", "--bin", "frontend"]);
            cargo.env("CARGO_TARGET_DIR", app_target()).current_dir(workspace());
            compile(cargo, "app")
        });
        let toolbox = setup.finish();
        let built = [native, app].map(|thread| thread.join().unwrap_or_else(|_| Err(anyhow!("a build panicked"))));
        let toolbox = toolbox?;
        for outcome in built {
            outcome?;
        }
        Ok(toolbox)
    })
}

/// The app has its own target folder, so that its build does not wait for cargo's lock.
fn app_target() -> PathBuf {
    workspace().join("target/app")
}

fn compile(mut cargo: Command, name: &str) -> Result<()> {
    let status = prefixed(&mut cargo, name)?;
    if !status.success() {
        bail!("the {name} does not compile; the error is above");
    }
    Ok(())
}

fn ensure_free(port: u16, what: &str) -> Result<()> {
    let Err(error) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) else { return Ok(()) };
    if error.kind() != std::io::ErrorKind::AddrInUse {
        return Err(error).with_context(|| format!("listening on port {port} for {what}"));
    }
    let owner = ports::owner(port).map_or_else(|| "another process".to_owned(), |owner| owner.to_string());
    bail!("port {port}, for {what}, is used by {owner}: stop it, or choose other ports with --port")
}
