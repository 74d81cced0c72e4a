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

/// The environment in which a stable cargo compiles the standard library with the program: an unstable feature.
const WITH_LIBRARY: [(&str, &str); 2] = [("RUSTC_BOOTSTRAP", "1"), ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")];

/// The flags with which a panic is a trap and nothing else. In a browser it is no more than that anyway: there is no
/// standard error to tell it on. So its texts, and the code that writes them, can be left out.
const SILENT_PANICS: [&str; 2] = ["-Zunstable-options", "-Cpanic=immediate-abort"];

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
        let mut env = vec![("RUSTUP_TOOLCHAIN", debian::TOOLCHAIN)];
        env.extend(WITH_LIBRARY);
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
    let added = step(&title, "rustup target add", || rustup(&["target", "add", target.triple()]));
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

/// How the app is compiled for its visitors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smallest {
    /// The toolchain.
    pub toolchain: Toolchain,
    /// What has to be in cargo's environment.
    pub env: Vec<(String, String)>,
    /// The flags for rustc.
    pub flags: &'static [&'static str],
}

/// Finds out how the app becomes smallest, and fetches what is missing for it: with the source of the standard library,
/// which is compiled with the app then. Where that cannot be had, or the compiler is too old or too new for it, the app
/// becomes a fifth larger, and this says so.
pub fn ensure_smallest(toolchain: Toolchain) -> Smallest {
    match with_library(toolchain) {
        Ok(Toolchain::Own) => {
            let env = WITH_LIBRARY.map(|(name, value)| (name.to_owned(), value.to_owned()));
            Smallest { toolchain: Toolchain::Own, env: env.into(), flags: &SILENT_PANICS }
        }
        Ok(Toolchain::Debian) => {
            let env = Toolchain::Debian.env(Target::Wasm);
            Smallest { toolchain: Toolchain::Debian, env, flags: &SILENT_PANICS }
        }
        Err(error) => {
            say(SMALLEST, &format!("not possible, so the app becomes a fifth larger: {error:#}"));
            Smallest { toolchain, env: toolchain.env(Target::Wasm), flags: &[] }
        }
    }
}

const SMALLEST: &str = "Rust's standard library for the app alone";

/// The toolchain that has the library's source: the one that is there, or else Debian's, which comes with it.
fn with_library(toolchain: Toolchain) -> Result<Toolchain> {
    knows_silent_panics(toolchain)?;
    if toolchain == Toolchain::Debian || sysroot()?.join("lib/rustlib/src/rust/library/Cargo.lock").exists() {
        return Ok(toolchain);
    }
    if !debian::is_ready() {
        let added = step(SMALLEST, "rustup component add rust-src", || rustup(&["component", "add", "rust-src"]));
        let Err(no_rustup) = added else { return Ok(toolchain) };
        say(SMALLEST, &format!("not that way: {no_rustup:#}"));
        step(SMALLEST, "Debian's toolchain with its source", debian::install)?;
    }
    knows_silent_panics(Toolchain::Debian)?;
    Ok(Toolchain::Debian)
}

fn knows_silent_panics(toolchain: Toolchain) -> Result<()> {
    let mut rustc = std::process::Command::new("rustc");
    environment::clean(&mut rustc);
    let output = rustc
        .envs(WITH_LIBRARY)
        .envs(toolchain.env(Target::Wasm))
        .args(SILENT_PANICS)
        .args(["--print", "cfg", "--target", Target::Wasm.triple()])
        .output()
        .context("starting rustc")?;
    if !output.status.success() {
        bail!("this Rust does not know `{}`; 1.92 does", SILENT_PANICS.join(" "));
    }
    Ok(())
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

fn rustup(arguments: &[&str]) -> Result<()> {
    let mut command = std::process::Command::new("rustup");
    environment::clean(&mut command);
    let output = command
        .args(arguments)
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
