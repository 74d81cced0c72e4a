//! The set-up of tools, and processes that leave nothing behind: what `cargo xtask` and the test suites start from.

mod documented;

pub mod budget;
pub mod process;
pub mod statistics;
pub mod tools;

use std::path::{Path, PathBuf};

pub use documented::documented;

/// The root of the workspace.
pub fn workspace() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).to_owned()
}
