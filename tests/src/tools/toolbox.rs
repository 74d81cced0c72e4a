//! The tools of one run: where each is, and the environment in which it works.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::browser::Browser;
use super::environment;
use super::install::Installer;
use super::package::Package;
use super::qemu::Arm64;
use super::rust::{self, Smallest, Target, Toolchain};
use super::search::on_path;

/// What [`super::ensure`] found or set up.
#[derive(Debug, Default)]
pub struct Toolbox {
    programs: BTreeMap<&'static str, PathBuf>,
    toolchains: BTreeMap<Target, Toolchain>,
    smallest: Option<Smallest>,
    browser: Option<Browser>,
    arm64: Option<Arm64>,
    valgrind: Option<PathBuf>,
    openid: Option<PathBuf>,
    axe: Option<PathBuf>,
}

impl Toolbox {
    /// The `PATH` for children: the tools first, so that nothing else of the same name is taken. What the person's own
    /// `PATH` leads to stays where it is, or the rest of its folder would come before the person's choice: a system's
    /// Python, say, before another one.
    pub fn path_env(&self) -> OsString {
        let mut folders: Vec<PathBuf> = Vec::new();
        let hidden = self.programs.iter().filter(|(name, path)| on_path(name).first() != Some(path));
        for folder in hidden.filter_map(|(_, path)| path.parent()) {
            if !folders.iter().any(|other| other == folder) {
                folders.push(folder.to_owned());
            }
        }
        let path = env::var_os("PATH").unwrap_or_default();
        folders.extend(env::split_paths(&path));
        // It only fails for a folder with a colon in its name; such a tool is still started by its whole path.
        env::join_paths(folders).unwrap_or(path)
    }

    /// A command for a program, one of the tools or any other, with the `PATH` of [`Toolbox::path_env`] and without
    /// what cargo has set for `cargo xtask` itself.
    pub fn command(&self, program: &str) -> Command {
        let path = self.programs.get(program).map(PathBuf::as_path);
        let mut command = Command::new(path.unwrap_or(Path::new(program)));
        environment::clean(&mut command);
        command.env("PATH", self.path_env());
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

    /// What has to be in the environment of anything that compiles for the browser.
    pub fn wasm_env(&self) -> Vec<(String, String)> {
        self.toolchain(Target::Wasm).env(Target::Wasm)
    }

    /// How the app is compiled for its visitors, if that was asked for.
    pub fn smallest(&self) -> Option<&Smallest> {
        self.smallest.as_ref()
    }

    /// The toolchain that compiles for a target.
    pub fn toolchain(&self, target: Target) -> Toolchain {
        let known = self.toolchains.get(&target);
        known.copied().unwrap_or(Toolchain::Own)
    }

    /// The browser and its driver, if they were asked for.
    pub fn browser(&self) -> Option<&Browser> {
        self.browser.as_ref()
    }

    /// How a program of arm64 is run here, if that was asked for.
    pub fn arm64(&self) -> Option<&Arm64> {
        self.arm64.as_ref()
    }

    /// What counts instructions, if it was asked for and is to be had.
    pub fn valgrind(&self) -> Option<&Path> {
        self.valgrind.as_deref()
    }

    /// The script that finds what keeps people from using a page, if it was asked for.
    pub fn axe(&self) -> Option<&Path> {
        self.axe.as_deref()
    }

    /// What a script imports to be an OpenID provider, if it was asked for.
    pub fn openid(&self) -> Option<&Path> {
        self.openid.as_deref()
    }

    /// The program that runs WebAssembly tests, if wasm-bindgen was asked for.
    pub fn wasm_bindgen_test_runner(&self) -> Option<&Path> {
        self.programs.get("wasm-bindgen-test-runner").map(PathBuf::as_path)
    }

    pub(super) fn add(&mut self, installer: &Installer, package: &Package) -> Result<()> {
        let bin = installer.ensure(package)?;
        for program in package.programs {
            self.programs.insert(program, bin.join(program));
        }
        Ok(())
    }

    pub(super) fn add_target(&mut self, target: Target) -> Result<()> {
        let toolchain = rust::ensure(target).with_context(|| format!("setting up Rust for {}", target.triple()))?;
        self.toolchains.insert(target, toolchain);
        Ok(())
    }

    pub(super) fn add_smallest(&mut self) {
        self.smallest = Some(rust::ensure_smallest(self.toolchain(Target::Wasm)));
    }

    pub(super) fn add_browser(&mut self, browser: Browser) {
        self.browser = Some(browser);
    }

    pub(super) fn add_valgrind(&mut self, valgrind: Option<PathBuf>) {
        self.valgrind = valgrind;
    }

    pub(super) fn add_axe(&mut self, script: PathBuf) {
        self.axe = Some(script);
    }

    pub(super) fn add_openid(&mut self, entry: PathBuf) {
        self.openid = Some(entry);
    }

    pub(super) fn add_arm64(&mut self, arm64: Arm64) {
        if let Arm64::Emulated { qemu, .. } = &arm64 {
            self.programs.insert("qemu-aarch64", qemu.clone());
        }
        self.arm64 = Some(arm64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tools_come_before_everything_else_on_the_path() {
        let mut toolbox = Toolbox::default();
        let programs = [
            ("trunk", "/tools/trunk/bin/trunk"),
            ("wasm-bindgen", "/tools/wb/bin/wasm-bindgen"),
            ("wasm-bindgen-test-runner", "/tools/wb/bin/wasm-bindgen-test-runner"),
        ];
        toolbox.programs = programs.map(|(name, path)| (name, path.into())).into();
        let path = toolbox.path_env();
        let folders: Vec<PathBuf> = env::split_paths(&path).collect();
        assert_eq!(folders[0], Path::new("/tools/trunk/bin"));
        assert_eq!(folders[1], Path::new("/tools/wb/bin"));
        assert_ne!(folders[2], Path::new("/tools/wb/bin"));
    }

    #[test]
    fn a_tool_that_the_path_leads_to_brings_its_folder_no_further_to_the_front() {
        let found = on_path("sh").into_iter().next().expect("every system has a shell");
        let toolbox = Toolbox { programs: [("sh", found)].into(), ..Toolbox::default() };
        assert_eq!(toolbox.path_env(), env::var_os("PATH").expect("there is a PATH"));
    }
}
