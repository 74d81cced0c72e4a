//! What Trunk leaves to do on the site: its own minifier does not understand the JavaScript of today's wasm-bindgen
//! (`export { … as default }`) and leaves it as it is, a third of it comments and blanks; and the names of functions,
//! which no visitor needs, are moved from the WebAssembly into a file beside the site.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::{names, unused};
use crate::hash::sha256;

/// The digits of a hash in a file's name.
const DIGITS: usize = 16;

/// How the names of the app's own two files start. All others Trunk has made small, and vouches for in `index.html`.
const APP: &str = "frontend-";

/// Makes the app's JavaScript small, and names every file by what is in it, with as many digits as the cache rules ask for:
/// Trunk names JavaScript and WebAssembly by what they were made from, and leaves out a leading zero.
pub(super) fn site(site: &Path) -> Result<()> {
    let index = site.join("index.html");
    let (js, wasm) = (app(site, "js")?, app(site, "wasm")?);
    unused::remove(&wasm)?;
    let with_names = names::strip(&wasm)?;
    minify(&js)?;
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
    let mut page = fs::read_to_string(&index).with_context(|| format!("reading {}", index.display()))?;
    for (old, new) in &renamed {
        ensure!(page.contains(old.as_str()), "index.html does not name {old}");
        page = page.replace(old.as_str(), new);
    }
    fs::write(&index, page).with_context(|| format!("writing {}", index.display()))
}

/// The app's own file with that ending.
fn app(site: &Path, ending: &str) -> Result<PathBuf> {
    let is_it = |file: &PathBuf| {
        file.file_name().unwrap_or_default().to_string_lossy().starts_with(APP)
            && file.extension().is_some_and(|other| other == ending)
    };
    super::files(site)?.into_iter().find(is_it).with_context(|| format!("the site has no {APP}….{ending}"))
}

/// Makes the JavaScript small. Only the function that starts the app is asked for, so that esbuild leaves out what
/// wasm-bindgen exports beside it.
fn minify(file: &Path) -> Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let entry = format!("export {{ default }} from \"./{name}\";");
    let folder = file.parent().context("it is in a folder")?;
    let mut esbuild = Command::new("esbuild");
    esbuild.args([
        "--bundle",
        "--format=esm",
        "--minify",
        "--drop:console",
        "--log-level=warning",
        "--allow-overwrite",
    ]);
    esbuild.arg(format!("--outfile={}", file.display())).current_dir(folder).stdin(Stdio::piped());
    let mut child = esbuild.spawn().context("starting esbuild")?;
    child.stdin.take().context("it is piped")?.write_all(entry.as_bytes()).context("writing to esbuild")?;
    ensure!(child.wait().context("waiting for esbuild")?.success(), "esbuild failed");
    Ok(())
}

/// Puts the hash of the content in the place of the one in the name, and gives both names.
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
    fn a_file_is_named_by_what_is_in_it() {
        let hash = sha256(b"x");
        let named = |name| named_by(name, &hash);
        assert_eq!(named("a-b-0123456789abcdef.js").as_deref(), Some("a-b-2d711642b726b044.js"));
        assert_eq!(named("a-0123456789abcdef_bg.wasm").as_deref(), Some("a-2d711642b726b044_bg.wasm"));
        assert_eq!(named("a-123456789abcdef.css").as_deref(), Some("a-2d711642b726b044.css"));
        assert_eq!(named("a-x.js"), None);
        assert_eq!(named("a.js"), None);
    }
}
