//! The files of a built site, and those of its folder that are left out.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use crate::build::compress;
use crate::kinds;

/// The most files of a site. A folder with more is probably the wrong one.
const MOST_FILES: usize = 5_000;
/// The most bytes of a site.
const LARGEST: u64 = 1024 * 1024 * 1024;

/// A file or folder that is not uploaded.
#[derive(Debug)]
pub(super) struct LeftOut {
    pub(super) name: String,
    pub(super) why: &'static str,
}

/// The folder of a built site.
#[derive(Debug, Default)]
pub(super) struct Folder {
    /// Paths relative to the folder, with `/`.
    pub(super) files: Vec<String>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) problems: Vec<String>,
}

impl Folder {
    pub(super) fn read(root: &Path) -> Result<Self> {
        ensure!(root.is_dir(), "{} is not a folder: pass the folder of the built site", root.display());
        ensure!(
            root.join("index.html").is_file(),
            "{} has no index.html: pass the folder of a built site, such as Trunk's `dist`",
            root.display()
        );
        let mut found = Self::default();
        let mut size = 0;
        found.walk(root, "", &mut size)?;
        Ok(found)
    }

    fn walk(&mut self, root: &Path, below: &str, size: &mut u64) -> Result<()> {
        let folder = root.join(below);
        let reading = || format!("reading {}", folder.display());
        let mut entries =
            fs::read_dir(&folder).with_context(reading)?.collect::<Result<Vec<_>, _>>().with_context(reading)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let kind = entry.file_type().with_context(reading)?;
            let Ok(own) = entry.file_name().into_string() else {
                self.problems.push(format!("{}: its name is not UTF-8", entry.path().display()));
                continue;
            };
            let name = format!("{below}{own}");
            if name.chars().any(char::is_control) {
                self.problems.push(format!("{name:?}: its name has a control character"));
            } else if kind.is_symlink() {
                self.problems.push(format!("{name} is a symbolic link: replace it by its target"));
            } else if let Some(why) = left_out(&name, &own, kind.is_dir()) {
                self.left_out.push(LeftOut { name, why });
            } else if kind.is_dir() {
                self.walk(root, &format!("{name}/"), size)?;
            } else {
                *size += entry.metadata().with_context(reading)?.len();
                self.take(root, name)?;
            }
            if self.files.len() > MOST_FILES || *size > LARGEST {
                bail!("{} has more than {MOST_FILES} files or 1 GiB: is it the built site?", root.display());
            }
        }
        Ok(())
    }

    /// Adds a file. A compressed copy of another file is verified instead.
    fn take(&mut self, root: &Path, name: String) -> Result<()> {
        let (plain, coding) = kinds::without_coding(&name);
        let Some(coding) = coding.filter(|_| root.join(plain).is_file()) else {
            self.files.push(name);
            return Ok(());
        };
        let read = |name: &str| fs::read(root.join(name)).with_context(|| format!("reading {name}"));
        if !compress::is_of(&read(plain)?, &read(&name)?, coding) {
            self.problems.push(format!(
                "{name} is not a compressed copy of {plain}, which is stored under that name: remove it"
            ));
        }
        Ok(())
    }
}

/// Why an entry of a folder is left out, if it is.
fn left_out(name: &str, own: &str, is_folder: bool) -> Option<&'static str> {
    if own.starts_with('.') && own != ".well-known" {
        return Some("it is hidden");
    }
    if name == "api" {
        return Some("/api/ is the function");
    }
    if is_folder {
        return None;
    }
    match kinds::ending(own).as_deref() {
        Some("map") => Some("it would publish the source"),
        None => Some("an address without an extension serves the app"),
        Some(_) => None,
    }
}
