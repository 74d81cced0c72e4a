//! Debian's packages: a Rust toolchain that comes with the source of its standard library, and a browser.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::environment;
use super::progress::run;
use super::search::on_path;

/// The name under which rustup knows Debian's toolchain.
pub(super) const TOOLCHAIN: &str = "debian";
/// Where Debian's toolchain lies.
pub(super) const SYSROOT: &str = "/usr";
/// Debian's linker for WebAssembly, which its cargo does not find by itself.
pub(super) const WASM_LINKER: &str = "/usr/bin/rust-lld";

const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"];

/// Whether the toolchain is installed with its source, and known to rustup.
pub(super) fn is_ready() -> bool {
    has_packages() && is_linked()
}

/// Installs what is missing of the toolchain.
pub(super) fn install() -> Result<()> {
    if !has_packages() {
        apt_install(&PACKAGES)?;
        // Debian's `rust-lld` is a link to a program of LLVM's, whose package is named like it and is not asked for.
        if !Path::new(WASM_LINKER).exists()
            && let Ok(linker) = fs::read_link(WASM_LINKER)
        {
            apt_install(&[&linker.to_string_lossy()])?;
        }
        if !has_packages() {
            bail!("Debian's packages {} did not bring what was expected", PACKAGES.join(", "));
        }
    }
    if !is_linked() {
        let mut rustup = Command::new("rustup");
        environment::clean(&mut rustup);
        run(rustup.args(["toolchain", "link", TOOLCHAIN, SYSROOT]))?;
    }
    Ok(())
}

/// Installs packages, as root or with a sudo that asks for no password.
pub(super) fn apt_install(packages: &[&str]) -> Result<()> {
    if on_path("apt-get").is_empty() {
        bail!("this system has no apt-get");
    }
    let by_hand = format!("sudo apt-get update && sudo apt-get install --yes {}", packages.join(" "));
    let root = rustix::process::geteuid().is_root();
    if !root && !sudo_works() {
        bail!("installing needs root: run `{by_hand}`, then this again");
    }
    apt_get(root, &["update"])
        .and_then(|()| {
            let install = ["install", "--yes", "--no-install-recommends"];
            apt_get(root, &[&install, packages].concat())
        })
        .with_context(|| format!("to see more, run `{by_hand}`"))
}

fn apt_get(root: bool, arguments: &[&str]) -> Result<()> {
    // Through `env`, because sudo drops variables.
    let mut command = Command::new(if root { "env" } else { "sudo" });
    if !root {
        command.args(["-n", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]);
    run(command.args(arguments))
}

fn has_packages() -> bool {
    let files = ["bin/cargo", "bin/rustc", "bin/rust-lld", "lib/rustlib/src/rust/library/Cargo.lock"];
    files.iter().all(|file| Path::new(SYSROOT).join(file).exists())
}

fn is_linked() -> bool {
    environment::rustup_home().is_some_and(|home| home.join("toolchains").join(TOOLCHAIN).exists())
}

fn sudo_works() -> bool {
    Command::new("sudo")
        .args(["-n", "true"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
