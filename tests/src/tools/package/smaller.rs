//! The programs that make what the browser loads smaller.

use std::env::consts::{ARCH, OS};

use super::{Package, Way};

const BINARYEN: &str = "132";
const ESBUILD: &str = "0.28.2";

/// Makes the WebAssembly smaller.
pub(in super::super) fn wasm_opt() -> Package {
    let system = match (OS, ARCH) {
        ("macos", "aarch64") => "arm64-macos".to_owned(),
        _ => format!("{ARCH}-{OS}"),
    };
    Package {
        name: "binaryen",
        version: format!("{BINARYEN}.0.0"),
        programs: &["wasm-opt"],
        asked: &["--version"],
        fits: |wanted, found| wanted.major == found.major,
        ways: vec![
            Way::Release {
                url: format!(
                    "https://github.com/WebAssembly/binaryen/releases/download/version_{BINARYEN}/binaryen-version_{BINARYEN}-{system}.tar.gz"
                ),
                strip: 1,
                into: "",
            },
            Way::Npm("binaryen"),
        ],
    }
}

/// Makes the JavaScript smaller. Its makers hand it out by npm alone.
pub(in super::super) fn esbuild() -> Package {
    Package {
        name: "esbuild",
        version: ESBUILD.to_owned(),
        programs: &["esbuild"],
        asked: &["--version"],
        // Another version may write other bytes, and the same source shall give the same site.
        fits: |wanted, found| wanted == found,
        ways: vec![Way::Npm("esbuild")],
    }
}
