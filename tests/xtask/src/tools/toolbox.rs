//! The tools of one run: their paths, and their environment.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::search::on_path;
use super::{Tool, consent, environment};
use crate::workspace;

/// A tool that was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Its programs or a file of it, by name.
    pub paths: Vec<(&'static str, PathBuf)>,
    /// The environment of builds that need it.
    pub env: Vec<(String, OsString)>,
    /// The reason why an optional tool is missing.
    pub missing: Option<String>,
}

impl Found {
    /// A tool with these programs in one folder.
    pub(super) fn in_folder(folder: &Path, programs: &[&'static str]) -> Self {
        let paths = programs.iter().map(|name| (*name, folder.join(name))).collect();
        Self { paths, ..Self::default() }
    }

    /// A tool with this program or file.
    pub(super) fn at(name: &'static str, path: PathBuf) -> Self {
        Self { paths: vec![(name, path)], ..Self::default() }
    }

    /// An optional tool that is missing.
    pub(super) fn missing(reason: String) -> Self {
        Self { missing: Some(reason), ..Self::default() }
    }
}

/// The tools that [`super::ensure`] found or set up.
#[derive(Clone, Debug, Default)]
pub struct Toolbox {
    found: BTreeMap<Tool, Found>,
}

impl Toolbox {
    pub(super) fn of(found: BTreeMap<Tool, Found>) -> Self {
        Self { found }
    }

    /// The path of a program or a file of a tool.
    ///
    /// # Errors
    /// If the tool was not set up.
    pub fn path(&self, name: &str) -> Result<&Path> {
        self.find(name).with_context(|| format!("{name} was not set up"))
    }

    /// The same, or `None`.
    pub fn find(&self, name: &str) -> Option<&Path> {
        let mut paths = self.found.values().flat_map(|found| &found.paths);
        paths.find(|(known, _)| *known == name).map(|(_, path)| path.as_path())
    }

    /// The reason why an optional tool is missing.
    pub fn missing(&self, tool: Tool) -> Option<&str> {
        self.found.get(&tool)?.missing.as_deref()
    }

    /// The `PATH` for child processes: the tools come first, so that no other program with the same name is used.
    /// Folders that are on the user's `PATH` already keep their position; otherwise the other programs in such a folder
    /// would take precedence over the user's choice, for example a system's Python over another one.
    pub fn path_env(&self) -> OsString {
        let mut folders: Vec<PathBuf> = Vec::new();
        let paths = self.found.values().flat_map(|found| &found.paths);
        let hidden = paths.filter(|(name, path)| on_path(name).first() != Some(path));
        for folder in hidden.filter_map(|(_, path)| path.parent()) {
            if !folders.iter().any(|other| other == folder) {
                folders.push(folder.to_owned());
            }
        }
        joined(folders, &env::var_os("PATH").unwrap_or_default())
    }

    /// A command for a program, one of the tools or any other, with the `PATH` of [`Toolbox::path_env`] and without the
    /// variables that cargo has set for this process.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.find(program).unwrap_or(Path::new(program)));
        environment::clean(&mut command);
        command.env("PATH", self.path_env()).envs(consent::inherited()).envs(environment::no_proxy());
        if program == "cargo" {
            // Programs are expected in this folder, whatever the user's settings.
            command.env("CARGO_TARGET_DIR", workspace().join("target"));
        }
        // Trunk rejects the value `1`, which other programs expect.
        if program == "trunk" && env::var_os("NO_COLOR").is_some() {
            command.env("NO_COLOR", "true");
        }
        command
    }

    /// The command `cargo lambda …`.
    pub fn cargo_lambda(&self, subcommand: &str) -> Command {
        let mut command = self.command("cargo-lambda");
        command.args(["lambda", subcommand]);
        command
    }

    /// The environment for compiling for a target; empty if rustup has the target.
    pub fn build_env(&self, target: Tool) -> Vec<(String, OsString)> {
        let found = self.found.get(&target);
        let env = found.map(|found| found.env.clone()).unwrap_or_default();
        // The fallback puts a folder first on the PATH.
        let path = |value: &OsStr| joined(vec![value.into()], &self.path_env());
        env.into_iter()
            .map(|(name, value)| if name == "PATH" { ("PATH".to_owned(), path(&value)) } else { (name, value) })
            .collect()
    }
}

fn joined(mut folders: Vec<PathBuf>, path: &OsStr) -> OsString {
    folders.extend(env::split_paths(path));
    // This only fails for a folder with a colon in its name; the tool is still started by its full path.
    env::join_paths(folders).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toolbox(tool: Tool, found: Found) -> Toolbox {
        Toolbox::of([(tool, found)].into())
    }

    #[test]
    fn tools_come_first_on_the_path() {
        let mut toolbox = toolbox(Tool::Trunk, Found::at("trunk", "/tools/trunk/bin/trunk".into()));
        let programs = ["wasm-bindgen", "wasm-bindgen-test-runner"];
        toolbox.found.insert(Tool::WasmBindgen, Found::in_folder(Path::new("/tools/wb/bin"), &programs));
        let path = toolbox.path_env();
        let folders: Vec<PathBuf> = env::split_paths(&path).collect();
        assert_eq!(folders[0], Path::new("/tools/trunk/bin"));
        assert_eq!(folders[1], Path::new("/tools/wb/bin"));
        assert_ne!(folders[2], Path::new("/tools/wb/bin"));
    }

    #[test]
    fn tool_that_is_on_the_path_does_not_change_its_order() {
        let found = on_path("sh").into_iter().next().expect("every system has a shell");
        let toolbox = toolbox(Tool::Node, Found::at("sh", found));
        assert_eq!(toolbox.path_env(), env::var_os("PATH").expect("there is a PATH"));
    }

    #[test]
    fn fallback_for_a_target_affects_only_its_builds() {
        let env = vec![("PATH".to_owned(), "/debian".into()), ("RUSTC_BOOTSTRAP".to_owned(), "1".into())];
        let toolbox = toolbox(Tool::WasmTarget, Found { env, ..Found::default() });
        let env: BTreeMap<_, _> = toolbox.build_env(Tool::WasmTarget).into_iter().collect();
        assert_eq!(env["RUSTC_BOOTSTRAP"], "1");
        assert_eq!(env::split_paths(&env["PATH"]).next().as_deref(), Some(Path::new("/debian")));
        assert!(toolbox.build_env(Tool::LambdaTargets).is_empty());
        assert_ne!(env::split_paths(&toolbox.path_env()).next().as_deref(), Some(Path::new("/debian")));
    }
}
