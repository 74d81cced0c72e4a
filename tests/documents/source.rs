//! The source tree that the documents describe.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use xtask::workspace;

/// Folders in the tree that are not part of the source.
const FOREIGN: [&str; 5] = ["target", ".git", "corpus", "artifacts", "node_modules"];

/// The text of a file in the tree.
pub(super) fn text(path: &str) -> String {
    let path = workspace().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("reading {}: {error}", path.display()))
}

/// Whether a file or folder exists.
pub(super) fn has(path: &str) -> bool {
    workspace().join(path).exists()
}

/// All files below a folder of the tree.
pub(super) fn files(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![workspace().join(folder)];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            match path.is_dir() {
                true if !FOREIGN.contains(&name.as_ref()) => folders.push(path),
                true => {}
                false => files.push(path),
            }
        }
    }
    files
}

/// The functions in the Rust files below a folder, as `file::function`. It does not matter which of them are tests: a
/// function that is neither a test nor called is dead code, which is an error.
pub(super) fn functions(folder: &str) -> BTreeSet<String> {
    let rust = files(folder).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    rust.flat_map(|path| functions_of(&path)).collect()
}

fn functions_of(path: &Path) -> Vec<String> {
    let file = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("reading {}: {error}", path.display()));
    let names = text.split("fn ").skip(1).filter_map(|rest| rest.split_once('(')).map(|(name, _)| name);
    names.map(|name| format!("{file}::{name}")).collect()
}
