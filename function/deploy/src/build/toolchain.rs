//! The Rust toolchain on the `PATH`, and whether it can compile the standard library with the app.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::say;

/// The toolchain that cargo uses here.
pub(super) struct Toolchain {
    /// Where its standard libraries are.
    pub(super) sysroot: PathBuf,
}

/// How the standard library is compiled with the app.
#[derive(Clone, Copy)]
pub(super) struct WithApp {
    /// Variables for cargo.
    pub(super) env: [(&'static str, &'static str); 3],
    /// Flags for rustc.
    pub(super) flags: &'static [&'static str],
}

/// The flags that turn a panic into a trap. In a browser its message is not visible anyway, because there is no
/// standard error, and without the messages the app is smaller. `cargo xtask trace` shows where it happened.
const PANIC_IS_TRAP: &[&str] = &["-Zunstable-options", "-Cpanic=immediate-abort"];

impl Toolchain {
    /// Variables that make a stable cargo compile the standard library with the program.
    pub(super) const WITH_LIBRARY: [(&'static str, &'static str); 3] = [
        ("RUSTC_BOOTSTRAP", "1"),
        ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
        ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    ];

    /// Finds the toolchain by asking rustc.
    pub(super) fn find() -> Result<Self> {
        let output = Command::new("rustc")
            .args(["--print", "sysroot"])
            .current_dir(crate::workspace())
            .stderr(Stdio::inherit())
            .output()
            .context("starting rustc: is Rust installed?")?;
        ensure!(output.status.success(), "rustc did not print the path of its standard library");
        let sysroot = String::from_utf8(output.stdout).context("the path of rustc's library")?;
        Ok(Self { sysroot: sysroot.trim().into() })
    }

    /// Whether it has a compiled standard library for a target.
    pub(super) fn has_library(&self, target: &str) -> bool {
        has_library(&self.sysroot.join("lib/rustlib").join(target).join("lib"))
    }

    /// How to compile the standard library with the app, if its source is installed and the compiler supports it.
    /// Otherwise the app is a fifth larger. This is the only use of an unstable feature.
    pub(super) fn library_with_app(&self) -> Option<WithApp> {
        let has_source = self.sysroot.join("lib/rustlib/src/rust/library/Cargo.lock").exists();
        if has_source && knows(PANIC_IS_TRAP) {
            say("compiling the standard library with the app (build-std), which makes the app a fifth smaller");
            return Some(WithApp { env: Self::WITH_LIBRARY, flags: PANIC_IS_TRAP });
        }
        let reason = if has_source { "this Rust is too old or too new for it" } else { "its source is not installed" };
        say(&format!("not compiling the standard library with the app, which makes the app a fifth larger: {reason}"));
        None
    }
}

/// Whether a folder contains the library: Debian's toolchain has such folders without it.
fn has_library(folder: &Path) -> bool {
    std::fs::read_dir(folder)
        .is_ok_and(|files| files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
}

fn knows(flags: &[&str]) -> bool {
    let mut rustc = Command::new("rustc");
    rustc.envs(Toolchain::WITH_LIBRARY).args(flags).args(["--print", "cfg", "--target", "wasm32-unknown-unknown"]);
    rustc.current_dir(crate::workspace()).output().is_ok_and(|output| output.status.success())
}
