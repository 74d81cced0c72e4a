//! Makes the site smaller than Trunk does. Trunk's minifier does not support the JavaScript of current wasm-bindgen
//! (`export { … as default }`) and leaves it unchanged, a third of it comments and blanks. In `theme.js` it chooses
//! different names in each build, so `index.html` disables it for that file. The names of functions, which browsers do
//! not need, are moved from the WebAssembly to a file beside the site.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::{names, unused};
use crate::hash::{integrity, sha256};

/// The digits of a hash in a file's name.
const DIGITS: usize = 16;

/// The prefix of the app's own two files.
const APP: &str = "frontend-";

/// The prefix of the script that Trunk does not minify. It minifies all others, and puts the hash of each into
/// `index.html`.
const THEME: &str = "theme-";

/// Minifies the app's JavaScript, and names every file by the hash of its content, with as many digits as the cache
/// rules require: Trunk names JavaScript and WebAssembly by the hash of their inputs, and omits a leading zero.
pub(super) fn site(site: &Path) -> Result<()> {
    let index = site.join("index.html");
    let mut page = fs::read_to_string(&index).with_context(|| format!("reading {}", index.display()))?;
    let (js, wasm) = (file(site, APP, "js")?, file(site, APP, "wasm")?);
    unused::remove(&wasm)?;
    let with_names = names::strip(&wasm)?;
    bundle(&js)?;
    page = minify(&file(site, THEME, "js")?, &page)?;
    let mut renamed = BTreeMap::new();
    for file in super::files(site)? {
        if file == index {
            continue;
        }
        let (old, new) = rename(&file)?;
        if file == wasm {
            names::keep(&with_names, &new)?;
        }
        renamed.insert(old, new);
    }
    for (old, new) in &renamed {
        ensure!(page.contains(old.as_str()), "index.html does not name {old}");
        page = page.replace(old.as_str(), new);
    }
    fs::write(&index, page).with_context(|| format!("writing {}", index.display()))
}

/// The file with this prefix and extension.
fn file(site: &Path, start: &str, ending: &str) -> Result<PathBuf> {
    let is_it = |file: &PathBuf| {
        file.file_name().unwrap_or_default().to_string_lossy().starts_with(start)
            && file.extension().is_some_and(|other| other == ending)
    };
    super::files(site)?.into_iter().find(is_it).with_context(|| format!("the site has no {start}….{ending}"))
}

/// Minifies the app's JavaScript. It imports only the function that starts the app, so that esbuild removes
/// wasm-bindgen's other exports.
fn bundle(file: &Path) -> Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let entry = format!("export {{ default }} from \"./{name}\";");
    let folder = file.parent().context("a file is in a folder")?;
    let mut esbuild = esbuild(file);
    esbuild.args(["--bundle", "--format=esm", "--drop:console"]).current_dir(folder).stdin(Stdio::piped());
    let mut child = esbuild.spawn().context("starting esbuild")?;
    child.stdin.take().context("it is piped")?.write_all(entry.as_bytes()).context("writing to esbuild")?;
    ensure!(child.wait().context("waiting for esbuild")?.success(), "esbuild failed");
    Ok(())
}

/// Minifies one of our scripts, and returns the page with the hash of the result.
fn minify(file: &Path, page: &str) -> Result<String> {
    let read = || fs::read(file).with_context(|| format!("reading {}", file.display()));
    let before = integrity(&read()?);
    ensure!(page.contains(&before), "index.html does not have the hash of {}", file.display());
    let status = esbuild(file).arg(file).status().context("starting esbuild")?;
    ensure!(status.success(), "esbuild failed");
    Ok(page.replace(&before, &integrity(&read()?)))
}

/// esbuild with `file` as its output. Its results are reproducible.
fn esbuild(file: &Path) -> Command {
    let mut esbuild = Command::new("esbuild");
    esbuild.args(["--minify", "--log-level=warning", "--allow-overwrite"]);
    esbuild.arg(format!("--outfile={}", file.display()));
    esbuild
}

/// Replaces the hash in a file's name by the hash of its content, and returns both names.
fn rename(file: &Path) -> Result<(String, String)> {
    let old = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let content = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let new = named_by(&old, &sha256(&content)).with_context(|| format!("{old} has no hash in its name"))?;
    let goal: PathBuf = file.with_file_name(&new);
    fs::rename(file, &goal).with_context(|| format!("renaming {}", file.display()))?;
    Ok((old, new))
}

fn named_by(name: &str, hash: &str) -> Option<String> {
    let (stem, end) = name.rsplit_once('-')?;
    let rest = end.trim_start_matches(|digit: char| digit.is_ascii_hexdigit());
    (rest != end && rest.starts_with(['.', '_'])).then(|| format!("{stem}-{}{rest}", &hash[..DIGITS]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_named_by_its_content() {
        let hash = sha256(b"x");
        let named = |name| named_by(name, &hash);
        assert_eq!(named("a-b-0123456789abcdef.js").as_deref(), Some("a-b-2d711642b726b044.js"));
        assert_eq!(named("a-0123456789abcdef_bg.wasm").as_deref(), Some("a-2d711642b726b044_bg.wasm"));
        assert_eq!(named("a-123456789abcdef.css").as_deref(), Some("a-2d711642b726b044.css"));
        assert_eq!(named("a-x.js"), None);
        assert_eq!(named("a.js"), None);
    }
}
