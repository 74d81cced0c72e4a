//! Rust's standard library for what is not this machine: WebAssembly and Lambda's processors. The ordinary way is
//! rustup; where its server is out of reach, Debian's packages carry a toolchain that compiles the library itself.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use super::progress::{say, step};
use super::{debian, environment};

/// A platform to compile for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The browser.
    Wasm,
    /// Lambda on Graviton.
    LambdaArm64,
    /// Lambda on Intel and AMD.
    LambdaX86,
}

impl Target {
    /// As rustc calls it.
    pub fn triple(self) -> &'static str {
        match self {
            Self::Wasm => "wasm32-unknown-unknown",
            Self::LambdaArm64 => "aarch64-unknown-linux-gnu",
            Self::LambdaX86 => "x86_64-unknown-linux-gnu",
        }
    }
}

/// The toolchain that can compile for a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// The one that runs everything else.
    Own,
    /// Debian's, which compiles the standard library with the app.
    Debian,
}

impl Toolchain {
    /// What has to be in the environment of cargo, or of what starts it.
    pub fn env(self, target: Target) -> Vec<(String, String)> {
        if self == Self::Own {
            return Vec::new();
        }
        let mut env = vec![
            ("RUSTUP_TOOLCHAIN", debian::TOOLCHAIN),
            // Compiling the standard library is an unstable feature of a stable compiler.
            ("RUSTC_BOOTSTRAP", "1"),
            ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
        ];
        if target == Target::Wasm {
            let linker = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";
            env.push((linker, debian::WASM_LINKER));
        }
        env.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Where its standard library lies.
    pub fn sysroot(self) -> Result<PathBuf> {
        match self {
            Self::Own => sysroot(),
            Self::Debian => Ok(debian::SYSROOT.into()),
        }
    }
}

/// Finds the toolchain for a target, or sets one up.
pub fn ensure(target: Target) -> Result<Toolchain> {
    if has_library(&sysroot()?, target) {
        return Ok(Toolchain::Own);
    }
    // Before rustup, so that a machine which once fell back does not ask for the server every time.
    if debian::is_ready() {
        return Ok(Toolchain::Debian);
    }
    let title = format!("Rust for {}", target.triple());
    let added = step(&title, "rustup target add", || rustup_target_add(target));
    let Err(no_rustup) = added else {
        return Ok(Toolchain::Own);
    };
    say(&title, &format!("not that way: {no_rustup:#}"));
    step(&title, "Debian's toolchain with its source", debian::install).with_context(|| {
        format!(
            "the standard library for {triple} could not be had. Tried: rustup ({no_rustup:#}) and Debian's packages. \
             Run `rustup target add {triple}` where rustup's server can be reached",
            triple = target.triple()
        )
    })?;
    Ok(Toolchain::Debian)
}

fn sysroot() -> Result<PathBuf> {
    let mut command = std::process::Command::new("rustc");
    environment::clean(&mut command);
    let output = command
        .args(["--print", "sysroot"])
        .stderr(Stdio::inherit())
        .output()
        .context("starting rustc: is Rust installed?")?;
    if !output.status.success() {
        bail!("rustc does not say where its library is");
    }
    let path = String::from_utf8(output.stdout).context("the path of rustc's library")?;
    Ok(path.trim().into())
}

fn has_library(sysroot: &Path, target: Target) -> bool {
    let lib = sysroot.join("lib/rustlib").join(target.triple()).join("lib");
    // Debian's toolchain has such folders without the library in them.
    std::fs::read_dir(lib)
        .is_ok_and(|files| files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
}

fn rustup_target_add(target: Target) -> Result<()> {
    let mut command = std::process::Command::new("rustup");
    environment::clean(&mut command);
    let output = command
        .args(["target", "add", target.triple()])
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_toolchain_needs_nothing_and_debians_names_itself() {
        assert!(Toolchain::Own.env(Target::Wasm).is_empty());
        let names = |target| -> Vec<String> {
            let env = Toolchain::Debian.env(target);
            env.into_iter().map(|(name, _)| name).collect()
        };
        assert!(names(Target::Wasm).contains(&"RUSTUP_TOOLCHAIN".to_owned()));
        assert!(names(Target::Wasm).iter().any(|name| name.ends_with("_LINKER")));
        assert!(!names(Target::LambdaArm64).iter().any(|name| name.ends_with("_LINKER")));
    }
}
