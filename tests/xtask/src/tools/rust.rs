//! Rust's standard library for other targets: WebAssembly and Lambda's processors. By default rustup installs it, for
//! the toolchain in `rust-toolchain.toml`; if its server cannot be reached, Debian's packages have a toolchain that
//! compiles the library itself.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};

use super::progress::{say, step};
use super::toolbox::Found;
use super::{debian, environment};
use crate::workspace;

/// rustc's target for browsers.
pub(super) const WASM: &str = "wasm32-unknown-unknown";
/// Lambda on Graviton, and on Intel and AMD.
pub(super) const LAMBDA: [&str; 2] = ["aarch64-unknown-linux-gnu", "x86_64-unknown-linux-gnu"];

/// Finds the standard library for a target, or sets it up.
pub(super) fn target(triple: &str) -> Result<Found> {
    if has_library(&sysroot()?, triple) {
        return Ok(Found::default());
    }
    // Before rustup, so that a machine which once used the fallback does not try the server every time.
    if debian::has_rust() {
        return Ok(Found { env: debian::rust_env()?, ..Found::default() });
    }
    let added = step(triple, "rustup target add", || rustup(&["target", "add", triple]));
    let Err(no_rustup) = added else {
        return Ok(Found::default());
    };
    say(triple, &format!("failed, trying Debian's packages: {no_rustup:#}"));
    step(triple, "Debian's toolchain with its source", || debian::install_rust(triple)).with_context(|| {
        format!(
            "the standard library for {triple} is missing. Tried: rustup ({no_rustup:#}) and Debian's packages. \
             Run `rustup target add {triple}` with access to rustup's server"
        )
    })?;
    Ok(Found { env: debian::rust_env()?, ..Found::default() })
}

/// Finds or installs the source of the standard library. Without it the app can be built, but is larger.
pub(super) fn source() -> Found {
    const NAME: &str = "rust-src";
    let outcome = sysroot().and_then(|sysroot| {
        if sysroot.join("lib/rustlib/src/rust/library/Cargo.lock").exists() || debian::has_rust() {
            return Ok(());
        }
        step(NAME, "rustup component add", || rustup(&["component", "add", "rust-src"]))
    });
    match outcome {
        Ok(()) => Found::default(),
        Err(error) => {
            say(NAME, &format!("not available, so the app is a fifth larger: {error:#}"));
            Found::missing(format!("{error:#}"))
        }
    }
}

fn sysroot() -> Result<PathBuf> {
    let mut command = Command::new("rustc");
    environment::clean(&mut command);
    let output = command
        .args(["--print", "sysroot"])
        .current_dir(workspace())
        .stderr(Stdio::inherit())
        .output()
        .context("starting rustc: is Rust installed?")?;
    if !output.status.success() {
        bail!("rustc does not report the path of its standard library");
    }
    let path = String::from_utf8(output.stdout).context("the path of rustc's library")?;
    Ok(path.trim().into())
}

fn has_library(sysroot: &Path, triple: &str) -> bool {
    let lib = sysroot.join("lib/rustlib").join(triple).join("lib");
    // Debian's toolchain has such folders, but without the library.
    std::fs::read_dir(lib)
        .is_ok_and(|files| files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
}

fn rustup(arguments: &[&str]) -> Result<()> {
    // Two at a time would download into the same folder.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut command = Command::new("rustup");
    environment::clean(&mut command);
    let output = command
        .args(arguments)
        .current_dir(workspace())
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null())
        .output()
        .context("starting rustup")?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().find_map(|line| line.strip_prefix("error: "));
    bail!("{}", line.unwrap_or("rustup failed"))
}
