//! Whether the same source gives the same bytes, wherever it lies: whoever doubts what is deployed can build it again.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::lambda::{self, Processor};
use crate::workspace;

/// What cargo needs of a workspace.
const SOURCES: [&str; 7] =
    ["Cargo.lock", "Cargo.toml", "rust-toolchain.toml", "frontend", "function", "shared", "tests"];

/// Builds the function once more, from a copy of the source in another folder where nothing was built before, and holds
/// each archive against the one that is there.
///
/// # Errors
/// Names the first archive that is another one.
pub fn check() -> Result<()> {
    let workspace = workspace();
    let folder = workspace.join("target/again");
    let clear = || if folder.exists() { fs::remove_dir_all(&folder) } else { Ok(()) };
    clear().with_context(|| format!("clearing {}", folder.display()))?;
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    for source in SOURCES {
        copy(&workspace.join(source), &folder.join(source))?;
    }
    for processor in Processor::ALL {
        let again = lambda::build(processor, &folder)?;
        let first = workspace.join("target").join(again.file_name().context("an archive has a name")?);
        ensure!(fs::read(&again)? == fs::read(&first)?, "{} and {} differ", first.display(), again.display());
    }
    Ok(clear()?)
}

/// Copies a file, or a folder without what is built in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let copying = || format!("copying {}", from.display());
    if !from.is_dir() {
        fs::copy(from, to).with_context(copying)?;
        return Ok(());
    }
    fs::create_dir_all(to).with_context(copying)?;
    for entry in fs::read_dir(from).with_context(copying)? {
        let entry = entry.with_context(copying)?;
        if entry.file_name() != "target" {
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
