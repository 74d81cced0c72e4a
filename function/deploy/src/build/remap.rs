//! Keeps paths of the build machine out of what is deployed. Panic messages contain source paths, which would reveal
//! the home folder and differ on every machine.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use super::toolchain::Toolchain;

/// Separates the flags in `CARGO_ENCODED_RUSTFLAGS`, so that paths may contain spaces.
const SEPARATOR: &str = "\x1f";

/// Where cargo keeps its registry.
fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")))
}

/// Which folders are replaced by which names.
#[derive(Debug)]
pub(super) struct Remap {
    pairs: Vec<(PathBuf, String)>,
}

impl Remap {
    /// Maps the folders from which this toolchain compiles sources.
    pub(super) fn new(workspace: &Path, toolchain: &Toolchain) -> Result<Self> {
        let cargo = cargo_home().context("no home folder, and CARGO_HOME is not set")?;
        let library = toolchain.sysroot.join("lib/rustlib/src/rust");
        // rustc uses the last one that matches.
        let mut pairs = vec![
            (workspace.to_owned(), "/app".to_owned()),
            (cargo.clone(), "/cargo".to_owned()),
            (library, "/rust".to_owned()),
        ];
        // Each registry has its own folder, which must not be visible either.
        if let Ok(registries) = fs::read_dir(cargo.join("registry/src")) {
            pairs.extend(registries.flatten().map(|registry| (registry.path(), "/cargo/registry".to_owned())));
        }
        Ok(Self { pairs })
    }

    /// Sets the remapping flags and `more` for everything that the command compiles. They replace the user's own flags,
    /// so that the result is reproducible.
    pub(super) fn apply(&self, command: &mut Command, more: &[&str]) {
        command.env("CARGO_ENCODED_RUSTFLAGS", self.flags(more));
        // Assertions in C sources contain file names.
        let c: Vec<String> =
            self.pairs.iter().map(|(from, to)| format!("-ffile-prefix-map={}={to}", from.display())).collect();
        command.env("CFLAGS", c.join(" "));
    }

    /// Fails if a file contains one of the folders.
    pub(super) fn check(&self, file: &Path) -> Result<()> {
        let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        for (from, _) in &self.pairs {
            // With a subfolder, because `/app` by itself may be a harmless address.
            for inside in ["frontend/", "function/", "shared/", "target/", "registry/", "library/"] {
                let name = from.join(inside);
                let name = name.as_os_str().as_encoded_bytes();
                if bytes.windows(name.len()).any(|window| window == name) {
                    bail!("{} contains a path of this machine: {}", file.display(), from.display());
                }
            }
        }
        Ok(())
    }

    fn flags(&self, more: &[&str]) -> String {
        let remap = self.pairs.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
        let more = more.iter().map(|flag| (*flag).to_owned());
        remap.chain(more).collect::<Vec<_>>().join(SEPARATOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remap() -> Remap {
        Remap { pairs: vec![("/home/me/my work".into(), "/app".to_owned())] }
    }

    #[test]
    fn path_with_a_space_stays_one_flag() {
        let flags = remap().flags(&["-C", "target-cpu=haswell"]);
        let flags: Vec<&str> = flags.split(SEPARATOR).collect();
        let first = "--remap-path-prefix=/home/me/my work=/app";
        assert_eq!(flags, [first, "-C", "target-cpu=haswell"]);
    }

    #[test]
    fn file_with_a_path_of_this_machine_is_rejected() {
        let file = std::env::temp_dir().join(format!("remap-test-{}", std::process::id()));
        fs::write(&file, "at /app/function/src/main.rs").expect("a file can be written");
        assert!(remap().check(&file).is_ok());
        fs::write(&file, "at /home/me/my work/function/src").expect("a file can be written");
        assert!(remap().check(&file).is_err());
        fs::remove_file(file).expect("the file can be removed");
    }
}
