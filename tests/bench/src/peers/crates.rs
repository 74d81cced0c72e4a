//! The same crates in the same versions, with their default features and cargo's default release profile.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::super::instance::Subject;
use super::{command, copy, native, run};
use xtask::workspace;

/// Compiles it, which takes some minutes the first time.
pub(super) fn prepare(folder: &Path) -> Result<(String, Subject)> {
    let source = folder.join("src");
    fs::create_dir_all(&source).with_context(|| format!("creating {}", source.display()))?;
    copy("crates", &["Cargo.toml", "src/main.rs"], folder)?;
    // cargo adds the packages that only this program needs, and keeps the rest.
    let ours = fs::read(workspace().join("Cargo.lock"))?;
    let before = folder.join("ours.lock");
    if !fs::read(&before).is_ok_and(|before| before == ours) {
        fs::write(folder.join("Cargo.lock"), &ours)?;
        fs::write(before, &ours)?;
    }
    let mut cargo = command("cargo");
    cargo.args(["build", "--quiet", "--release", "--target-dir", "target"]);
    run(cargo.current_dir(folder))?;
    Ok((String::new(), native(folder.join("target/release/crates"), folder)?))
}
