//! The programs that the set-up can install, each with the one version it is tested with and the ways to get it.

mod cloud;
mod node;
mod smaller;

use std::env::consts::{ARCH, OS};
use std::path::Path;

use anyhow::Result;

use super::python::Application;
use super::version::{self, Version};
pub(super) use cloud::{aws, cfn_lint, moto};
pub(super) use node::node;
pub(super) use smaller::{esbuild, wasm_opt};

/// A program and how to come by it.
pub(super) struct Package {
    /// The name of its folder and in messages.
    pub(super) name: &'static str,
    /// The version that is installed.
    pub(super) version: String,
    /// Its programs; the first one is asked for its version.
    pub(super) programs: &'static [&'static str],
    /// How it is asked.
    pub(super) asked: &'static [&'static str],
    /// Whether a version found on the `PATH` will do.
    pub(super) fits: fn(wanted: Version, found: Version) -> bool,
    /// The ways to get it, the ordinary one first.
    pub(super) ways: Vec<Way>,
}

/// One way to get a program.
pub(super) enum Way {
    /// A ready archive.
    Release {
        /// Its address.
        url: String,
        /// How many leading folders in it are dropped.
        strip: u8,
        /// The folder to unpack it into.
        into: &'static str,
    },
    /// Built from source by cargo.
    Cargo {
        /// The crate and its options.
        arguments: &'static [&'static str],
        /// What a person has to expect.
        time: &'static str,
    },
    /// A package of Node.
    Npm(&'static str),
    /// A package of Python.
    Pip(&'static str),
    /// A package of Python that needs others.
    Application(Application),
}

const TRUNK: &str = "0.21.14";
const CARGO_LAMBDA: &str = "1.9.2";
const ZIG: &str = "0.17.1";
const CARGO_DENY: &str = "0.20.2";
const TWIGGY: &str = "0.8.0";
const CARGO_BLOAT: &str = "0.12.1";

/// Builds the app.
pub(super) fn trunk() -> Package {
    Package {
        name: "trunk",
        version: TRUNK.to_owned(),
        programs: &["trunk"],
        asked: &["--version"],
        fits: |wanted, found| (wanted.major, wanted.minor) == (found.major, found.minor) && found >= wanted,
        ways: vec![
            Way::Release {
                url: format!(
                    "https://github.com/trunk-rs/trunk/releases/download/v{TRUNK}/trunk-{}.tar.gz",
                    triple("gnu")
                ),
                strip: 0,
                into: "bin",
            },
            // Without its default features it does not look for newer versions of itself.
            Way::Cargo {
                arguments: &["trunk", "--locked", "--no-default-features", "--features=rustls"],
                time: "3 to 5 minutes",
            },
        ],
    }
}

/// Makes the JavaScript that loads the app, and runs WebAssembly tests.
pub(super) fn wasm_bindgen(workspace: &Path) -> Result<Package> {
    let version = version::wasm_bindgen(workspace)?;
    // Intel Linux has only the static build of it, ARM Linux both.
    let triple = triple(if ARCH == "x86_64" { "musl" } else { "gnu" });
    let url = format!(
        "https://github.com/wasm-bindgen/wasm-bindgen/releases/download/{version}/wasm-bindgen-{version}-{triple}.tar.gz"
    );
    Ok(Package {
        name: "wasm-bindgen",
        version,
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        asked: &["--version"],
        fits: |wanted, found| wanted == found,
        ways: vec![
            Way::Release { url, strip: 1, into: "bin" },
            // Not `--locked`: its lock file has named crates that were withdrawn.
            Way::Cargo { arguments: &["wasm-bindgen-cli"], time: "2 to 4 minutes" },
        ],
    })
}

/// Builds the function for Lambda, and runs it on this machine as Lambda would.
pub(super) fn cargo_lambda() -> Package {
    Package {
        name: "cargo-lambda",
        version: CARGO_LAMBDA.to_owned(),
        programs: &["cargo-lambda"],
        asked: &["lambda", "--version"],
        fits: |wanted, found| (wanted.major, wanted.minor) == (found.major, found.minor),
        ways: vec![
            Way::Release {
                url: format!(
                    "https://github.com/cargo-lambda/cargo-lambda/releases/download/v{CARGO_LAMBDA}/cargo-lambda-v{CARGO_LAMBDA}.{}.tar.gz",
                    triple("musl")
                ),
                strip: 0,
                into: "bin",
            },
            Way::Pip("cargo-lambda"),
            Way::Cargo { arguments: &["cargo-lambda", "--locked"], time: "10 minutes" },
        ],
    }
}

/// The C compiler and linker with which cargo-lambda builds for another processor.
pub(super) fn zig() -> Package {
    Package {
        name: "zig",
        version: ZIG.to_owned(),
        programs: &["zig"],
        asked: &["version"],
        fits: |wanted, found| (wanted.major, wanted.minor) == (found.major, found.minor),
        ways: vec![
            Way::Release {
                url: format!("https://ziglang.org/download/{ZIG}/zig-{ARCH}-{OS}-{ZIG}.tar.xz"),
                strip: 1,
                into: "",
            },
            Way::Pip("ziglang"),
        ],
    }
}

/// Holds the dependencies against `deny.toml`.
pub(super) fn cargo_deny() -> Package {
    Package {
        name: "cargo-deny",
        version: CARGO_DENY.to_owned(),
        programs: &["cargo-deny"],
        asked: &["--version"],
        // Another minor version knows other settings, and refuses those it does not know.
        fits: |wanted, found| (wanted.major, wanted.minor) == (found.major, found.minor),
        ways: vec![
            Way::Release {
                url: format!(
                    "https://github.com/EmbarkStudios/cargo-deny/releases/download/{CARGO_DENY}/cargo-deny-{CARGO_DENY}-{}.tar.gz",
                    triple("musl")
                ),
                strip: 1,
                into: "bin",
            },
            Way::Cargo { arguments: &["cargo-deny", "--locked"], time: "2 to 3 minutes" },
        ],
    }
}

/// Tells what takes the room in WebAssembly.
pub(super) fn twiggy() -> Package {
    Package {
        name: "twiggy",
        version: TWIGGY.to_owned(),
        programs: &["twiggy"],
        asked: &["--version"],
        fits: |wanted, found| (wanted.major, wanted.minor) == (found.major, found.minor),
        ways: vec![Way::Cargo { arguments: &["twiggy", "--locked"], time: "1 minute" }],
    }
}

/// Tells what takes the room in a program.
pub(super) fn cargo_bloat() -> Package {
    Package {
        name: "cargo-bloat",
        version: CARGO_BLOAT.to_owned(),
        programs: &["cargo-bloat"],
        asked: &["bloat", "--version"],
        fits: |wanted, found| (wanted.major, wanted.minor) == (found.major, found.minor),
        ways: vec![Way::Cargo { arguments: &["cargo-bloat", "--locked"], time: "1 minute" }],
    }
}

/// This machine as Rust's projects name it in their releases.
fn triple(libc: &str) -> String {
    match OS {
        "macos" => format!("{ARCH}-apple-darwin"),
        _ => format!("{ARCH}-unknown-linux-{libc}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_on_the_path_is_taken_only_in_a_version_that_works() {
        let workspace = super::super::environment::workspace();
        let wasm_bindgen = wasm_bindgen(&workspace).expect("the lock file names wasm-bindgen");
        let trunk = trunk();
        let version = |text: &str| Version::find(text).expect("a version");
        let fits = |package: &Package, found: &str| (package.fits)(version(&package.version), version(found));
        assert!(fits(&trunk, "0.21.14"));
        assert!(fits(&trunk, "0.21.20"));
        assert!(!fits(&trunk, "0.21.13"));
        assert!(!fits(&trunk, "0.22.0"));
        assert!(fits(&wasm_bindgen, &wasm_bindgen.version));
        assert!(!fits(&wasm_bindgen, "0.2.1"));
        assert!(fits(&wasm_opt(), "132"));
        assert!(!fits(&wasm_opt(), "108"));
        assert!(fits(&cargo_lambda(), "1.9.5"));
        assert!(!fits(&cargo_lambda(), "2.0.0"));
        assert!(fits(&cargo_deny(), "0.20.9"));
        assert!(!fits(&cargo_deny(), "0.19.4"));
    }
}
