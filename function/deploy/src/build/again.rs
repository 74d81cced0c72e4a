//! Checks that the build is reproducible: the same source gives the same bytes in any folder, so that anyone can verify
//! what is deployed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use super::files;
use super::lambda::{self, Processor};
use crate::workspace;

/// The parts of the workspace that cargo needs.
const SOURCES: [&str; 7] =
    ["Cargo.lock", "Cargo.toml", "rust-toolchain.toml", "frontend", "function", "shared", "tests"];

/// Builds everything again, from a copy of the source in another, clean folder, and compares the result with the
/// existing output.
///
/// # Errors
/// If a file differs or the build fails; the error names the first difference.
pub fn check() -> Result<()> {
    let workspace = workspace();
    let folder = workspace.join("target/again");
    let clear = || if folder.exists() { fs::remove_dir_all(&folder) } else { Ok(()) };
    clear().with_context(|| format!("clearing {}", folder.display()))?;
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    for source in SOURCES {
        copy(&workspace.join(source), &folder.join(source))?;
    }
    for processor in Processor::ALL {
        let again = lambda::build(processor, &folder)?;
        compare(&workspace.join("target").join(again.file_name().context("an archive has a name")?), &again)?;
    }
    compare(&workspace.join("target/site"), &super::site(&folder)?)?;
    Ok(clear()?)
}

/// Compares two files, or two folders with all their contents.
fn compare(first: &Path, again: &Path) -> Result<()> {
    let names = |path: &Path| -> Result<Vec<PathBuf>> {
        Ok(files(path)?.iter().map(|file| file.strip_prefix(path).unwrap_or(file).to_owned()).collect())
    };
    if first.is_dir() {
        let (left, right) = (names(first)?, names(again)?);
        ensure!(left == right, "{} has {left:?}, and {} has {right:?}", first.display(), again.display());
        return left.iter().try_for_each(|name| compare(&first.join(name), &again.join(name)));
    }
    ensure!(fs::read(again)? == fs::read(first)?, "{} and {} differ", first.display(), again.display());
    Ok(())
}

/// Copies a file, or a folder without build output.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_and_every_name_is_compared() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let site = |name: &str, files: &[(&str, &str)]| {
            let site = folder.path().join(name);
            for (file, text) in files {
                let file = site.join(file);
                fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a folder");
                fs::write(file, text).expect("a file");
            }
            site
        };
        let first = site("first", &[("index.html", "x"), ("a/b.js", "y")]);
        compare(&first, &site("same", &[("index.html", "x"), ("a/b.js", "y")])).expect("they are the same");
        for (name, files) in [
            ("another byte", &[("index.html", "x"), ("a/b.js", "z")][..]),
            ("another name", &[("index.html", "x"), ("a/c.js", "y")]),
            ("one more", &[("index.html", "x"), ("a/b.js", "y"), ("c.js", "")]),
            ("one less", &[("index.html", "x")]),
        ] {
            compare(&first, &site(name, files)).expect_err(name);
        }
    }
}
