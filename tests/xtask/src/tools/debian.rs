//! Debian's packages: browsers and other tools, and a Rust toolchain with the source of its standard library, in case
//! rustup's server cannot be reached.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};

use super::progress::run;
use super::search::on_path;
use super::{consent, folder};

/// The location of Debian's toolchain.
const SYSROOT: &str = "/usr";
/// Debian's linker for WebAssembly, which its cargo does not find automatically.
const WASM_LINKER: &str = "/usr/bin/rust-lld";
const RUST: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"];

/// Whether the toolchain is installed with its source.
pub(super) fn has_rust() -> bool {
    let files = ["bin/cargo", "bin/rustc", "bin/rust-lld", "lib/rustlib/src/rust/library/Cargo.lock"];
    files.iter().all(|file| Path::new(SYSROOT).join(file).exists())
}

/// Installs the missing parts of the toolchain.
pub(super) fn install_rust(tool: &str) -> Result<()> {
    if !has_rust() {
        apt_install(tool, &RUST)?;
    }
    // Debian's `rust-lld` is a link to an LLVM program in a package of the same name, which is not a dependency.
    if !Path::new(WASM_LINKER).exists()
        && let Ok(linker) = fs::read_link(WASM_LINKER)
    {
        apt_install(tool, &[&linker.to_string_lossy()])?;
    }
    if !has_rust() {
        bail!("Debian's packages {} lack expected files", RUST.join(", "));
    }
    Ok(())
}

/// The environment in which builds use this toolchain and also compile the standard library. rustup is not changed: a
/// folder with links to Debian's programs comes first on the `PATH`.
pub(super) fn rust_env() -> Result<Vec<(String, OsString)>> {
    let folder = folder::tools()?.join("debian-rust");
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    for program in ["cargo", "rustc"] {
        let link = folder.join(program);
        if !link.exists() {
            let program = Path::new(SYSROOT).join("bin").join(program);
            symlink(&program, &link).with_context(|| format!("linking {}", link.display()))?;
        }
    }
    Ok(env_with(folder))
}

fn env_with(folder: PathBuf) -> Vec<(String, OsString)> {
    [
        ("PATH", folder.into_os_string()),
        ("RUSTC_BOOTSTRAP", "1".into()),
        ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort".into()),
        ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", WASM_LINKER.into()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// Installs packages with the user's consent, as root or with passwordless sudo.
pub(super) fn apt_install(tool: &str, packages: &[&str]) -> Result<()> {
    // apt-get has its own lock, but does not wait for it.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);

    let by_hand = format!("sudo apt-get update && sudo apt-get install --yes {}", packages.join(" "));
    if on_path("apt-get").is_empty() {
        bail!("this system has no apt-get to install {}", packages.join(", "));
    }
    if !consent::given(packages) {
        bail!("system packages are needed, and are not installed without consent: run `{by_hand}`, or add `--yes`");
    }
    let root = rustix::process::geteuid().is_root();
    if !root && !sudo_works() {
        bail!("installing packages needs root: run `{by_hand}`, then this command again");
    }
    apt_get(tool, root, &["update"])
        .and_then(|()| {
            let install = ["install", "--yes", "--no-install-recommends"];
            apt_get(tool, root, &[&install, packages].concat())
        })
        .with_context(|| format!("for details, run `{by_hand}`"))
}

fn apt_get(tool: &str, root: bool, arguments: &[&str]) -> Result<()> {
    // With `env`, because sudo drops variables.
    let mut command = Command::new(if root { "env" } else { "sudo" });
    if !root {
        command.args(["-n", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]);
    run(tool, command.args(arguments))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_toolchain_is_first_on_the_path_and_has_its_linker() {
        let env = env_with("/tools/debian-rust".into());
        assert_eq!(env[0], ("PATH".to_owned(), OsString::from("/tools/debian-rust")));
        assert!(env.iter().any(|(name, value)| name.ends_with("_LINKER") && value == WASM_LINKER));
    }
}
