//! The Rust toolchain on the `PATH`, and whether it compiles the standard library along.

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
    /// For cargo's environment.
    pub(super) env: [(&'static str, &'static str); 3],
    /// For rustc.
    pub(super) flags: &'static [&'static str],
}

/// The flags with which a panic is only a trap. In a browser it is no more anyway, as there is no standard error; and
/// without the texts of panics the app is smaller. `cargo xtask trace` says where it happened.
const PANIC_IS_TRAP: &[&str] = &["-Zunstable-options", "-Cpanic=immediate-abort"];

impl Toolchain {
    /// What makes a stable cargo compile the standard library with the program.
    pub(super) const WITH_LIBRARY: [(&'static str, &'static str); 3] = [
        ("RUSTC_BOOTSTRAP", "1"),
        ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
        ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    ];

    /// Asks rustc.
    pub(super) fn find() -> Result<Self> {
        let output = Command::new("rustc")
            .args(["--print", "sysroot"])
            .current_dir(crate::workspace())
            .stderr(Stdio::inherit())
            .output()
            .context("starting rustc: is Rust installed?")?;
        ensure!(output.status.success(), "rustc does not say where its standard library is");
        let sysroot = String::from_utf8(output.stdout).context("the path of rustc's library")?;
        Ok(Self { sysroot: sysroot.trim().into() })
    }

    /// Whether it has a compiled standard library for a target.
    pub(super) fn has_library(&self, target: &str) -> bool {
        has_library(&self.sysroot.join("lib/rustlib").join(target).join("lib"))
    }

    /// How the standard library is compiled with the app, if its source is there and the compiler can do it. The app is
    /// a fifth larger otherwise. This is the only place that uses an unstable feature.
    pub(super) fn library_with_app(&self) -> Option<WithApp> {
        let has_source = self.sysroot.join("lib/rustlib/src/rust/library/Cargo.lock").exists();
        if has_source && knows(PANIC_IS_TRAP) {
            say("the standard library is compiled with the app (build-std), which makes the app a fifth smaller");
            return Some(WithApp { env: Self::WITH_LIBRARY, flags: PANIC_IS_TRAP });
        }
        let reason = if has_source { "this Rust is too old or too new for it" } else { "its source is not installed" };
        say(&format!("the standard library is not compiled with the app, which is a fifth larger for it: {reason}"));
        None
    }
}

/// Whether a folder has the library in it: Debian's toolchain has such folders without.
fn has_library(folder: &Path) -> bool {
    std::fs::read_dir(folder)
        .is_ok_and(|files| files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
}

fn knows(flags: &[&str]) -> bool {
    let mut rustc = Command::new("rustc");
    rustc.envs(Toolchain::WITH_LIBRARY).args(flags).args(["--print", "cfg", "--target", "wasm32-unknown-unknown"]);
    rustc.current_dir(crate::workspace()).output().is_ok_and(|output| output.status.success())
}
