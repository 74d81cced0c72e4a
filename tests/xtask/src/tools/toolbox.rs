//! The tools of one run: where each is, and the environment in which it works.

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
    /// Its programs, or a file of it, by their names.
    pub paths: Vec<(&'static str, PathBuf)>,
    /// What builds that need it must have in their environment.
    pub env: Vec<(String, OsString)>,
    /// Why it is not here, where the tests can do without it.
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

    /// A tool that the tests can do without.
    pub(super) fn missing(reason: String) -> Self {
        Self { missing: Some(reason), ..Self::default() }
    }
}

/// What [`super::ensure`] found or set up.
#[derive(Clone, Debug, Default)]
pub struct Toolbox {
    found: BTreeMap<Tool, Found>,
}

impl Toolbox {
    pub(super) fn of(found: BTreeMap<Tool, Found>) -> Self {
        Self { found }
    }

    /// Where a program or a file of a tool is.
    ///
    /// # Errors
    /// Where the tool was not asked for, or is missing.
    pub fn path(&self, name: &str) -> Result<&Path> {
        self.find(name).with_context(|| format!("{name} was not set up"))
    }

    /// The same, or nothing.
    pub fn find(&self, name: &str) -> Option<&Path> {
        let mut paths = self.found.values().flat_map(|found| &found.paths);
        paths.find(|(known, _)| *known == name).map(|(_, path)| path.as_path())
    }

    /// Why a tool that the tests can do without is not here.
    pub fn missing(&self, tool: Tool) -> Option<&str> {
        self.found.get(&tool)?.missing.as_deref()
    }

    /// The `PATH` for children: the tools first, so that nothing else of the same name is taken. The folders of the
    /// person's own `PATH` stay where they are, or the rest of such a folder would come before the person's choice: a
    /// system's Python, say, before another one.
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

    /// A command for a program, one of the tools or any other, with the `PATH` of [`Toolbox::path_env`] and without
    /// what cargo has set for this process.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.find(program).unwrap_or(Path::new(program)));
        environment::clean(&mut command);
        command.env("PATH", self.path_env()).envs(consent::inherited()).envs(environment::no_proxy());
        if program == "cargo" {
            // Programs are looked for there, whatever the person's own settings are.
            command.env("CARGO_TARGET_DIR", workspace().join("target"));
        }
        // Trunk refuses the value `1`, which everyone else expects here.
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

    /// What has to be in the environment of anything that compiles for a target: nothing, where rustup has it.
    pub fn build_env(&self, target: Tool) -> Vec<(String, OsString)> {
        let found = self.found.get(&target);
        let env = found.map(|found| found.env.clone()).unwrap_or_default();
        // A folder that a fallback puts first on the PATH.
        let path = |value: &OsStr| joined(vec![value.into()], &self.path_env());
        env.into_iter()
            .map(|(name, value)| if name == "PATH" { ("PATH".to_owned(), path(&value)) } else { (name, value) })
            .collect()
    }
}

fn joined(mut folders: Vec<PathBuf>, path: &OsStr) -> OsString {
    folders.extend(env::split_paths(path));
    // It only fails for a folder with a colon in its name; such a tool is still started by its whole path.
    env::join_paths(folders).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toolbox(tool: Tool, found: Found) -> Toolbox {
        Toolbox::of([(tool, found)].into())
    }

    #[test]
    fn the_tools_come_before_everything_else_on_the_path() {
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
    fn a_tool_on_the_path_brings_its_folder_no_further_to_the_front() {
        let found = on_path("sh").into_iter().next().expect("every system has a shell");
        let toolbox = toolbox(Tool::Node, Found::at("sh", found));
        assert_eq!(toolbox.path_env(), env::var_os("PATH").expect("there is a PATH"));
    }

    #[test]
    fn a_fallback_for_one_target_changes_builds_for_that_target_only() {
        let env = vec![("PATH".to_owned(), "/debian".into()), ("RUSTC_BOOTSTRAP".to_owned(), "1".into())];
        let toolbox = toolbox(Tool::WasmTarget, Found { env, ..Found::default() });
        let env: BTreeMap<_, _> = toolbox.build_env(Tool::WasmTarget).into_iter().collect();
        assert_eq!(env["RUSTC_BOOTSTRAP"], "1");
        assert_eq!(env::split_paths(&env["PATH"]).next().as_deref(), Some(Path::new("/debian")));
        assert!(toolbox.build_env(Tool::LambdaTargets).is_empty());
        assert_ne!(env::split_paths(&toolbox.path_env()).next().as_deref(), Some(Path::new("/debian")));
    }
}
