//! The site to deploy: this repository's app, or the folder of `--site`, any static site built for this function. It is
//! read and checked before anything is changed, and its folder is never changed.

mod folder;
mod inline;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use self::folder::{Folder, LeftOut};
use self::inline::Inline;
use crate::build::compress;
use crate::headers;
use crate::kinds;
use crate::template::{self, Parameters};

/// The value of the parameter `Site` for this repository's app.
pub const OWN: &str = "own";
/// The value of the parameter `Site` for another app.
pub const OTHER: &str = "other";

/// CloudFront's limit for a Content-Security-Policy, in bytes (`TooLongCSPInResponseHeadersPolicy`).
const LONGEST_POLICY: usize = 1_783;

/// A site that can be deployed.
#[derive(Debug)]
pub struct Site {
    folder: PathBuf,
    files: Vec<String>,
    left_out: Vec<LeftOut>,
    inline: Inline,
    makes_policy: bool,
}

impl Site {
    /// Reads the folder of a built site.
    ///
    /// # Errors
    /// If it cannot be deployed; the error names every reason.
    pub fn read(folder: &Path) -> Result<Self> {
        let Folder { files, left_out, problems } = Folder::read(folder)?;
        let mut site =
            Self { folder: folder.to_owned(), files, left_out, inline: Inline::default(), makes_policy: false };
        let problems = [problems, site.inspect()?].concat();
        ensure!(problems.is_empty(), "{} cannot be deployed:\n  {}", folder.display(), problems.join("\n  "));
        Ok(site)
    }

    /// Reads pages and scripts, and returns their problems.
    fn inspect(&mut self) -> Result<Vec<String>> {
        let mut problems = Vec::new();
        for file in &self.files {
            let ending = kinds::ending(file);
            let is_page = matches!(ending.as_deref(), Some("html" | "htm"));
            if !is_page && !matches!(ending.as_deref(), Some("js" | "mjs")) {
                continue;
            }
            let path = self.folder.join(file);
            let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            if is_page {
                self.inline.read(file, &bytes);
            }
            self.makes_policy |= makes_default_policy(&String::from_utf8_lossy(&bytes));
        }
        if self.inline.has_source_tags {
            problems.push(
                "a page has `data-trunk`: this is the source and not the built site; run `trunk build --release` and \
                 use its `dist`"
                    .to_owned(),
            );
        }
        Ok(problems)
    }

    /// Notes for the operator: files that are left out, and contents of pages that the policy forbids.
    pub fn notes(&self) -> impl Iterator<Item = String> + '_ {
        let left_out =
            self.left_out.iter().map(|left_out| format!("{} is not uploaded: {}", left_out.name, left_out.why));
        left_out.chain(self.inline.forbidden.iter().cloned())
    }

    /// The template's parameters that depend on the site. `whose` is [`OWN`] or [`OTHER`].
    pub fn parameters(&self, whose: &str) -> Parameters {
        let joined = |sources: &BTreeSet<String>| sources.iter().cloned().collect::<Vec<_>>().join(" ");
        let endings: BTreeSet<String> = self.files.iter().filter_map(|file| kinds::ending(file)).collect();
        let unknown = endings.into_iter().filter(|ending| kinds::all().all(|kind| kind.ending != *ending));
        let trusted_types = if self.makes_policy || whose == OWN { "required" } else { "disabled" };
        [
            ("Site", whose.to_owned()),
            ("ScriptHashes", joined(&self.inline.scripts)),
            ("StyleHashes", joined(&self.inline.styles)),
            ("OtherEndings", unknown.collect::<Vec<_>>().join(" ")),
            ("TrustedTypes", trusted_types.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// Prepares the upload in a temporary folder: every file, with compressed copies of those that become smaller.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub fn prepare(&self) -> Result<TempDir> {
        let prepared = tempfile::tempdir().context("creating a temporary folder")?;
        self.prepare_in(prepared.path())?;
        Ok(prepared)
    }

    /// The same in an existing folder.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub fn prepare_in(&self, prepared: &Path) -> Result<()> {
        for file in &self.files {
            let (from, to) = (self.folder.join(file), prepared.join(file));
            fs::create_dir_all(to.parent().unwrap_or(prepared))
                .with_context(|| format!("creating {}", to.display()))?;
            let copy = |from: &Path, to: &Path| -> Result<()> {
                fs::copy(from, to).with_context(|| format!("copying {}", from.display())).map(drop)
            };
            copy(&from, &to)?;
            // Files that the build has compressed cannot get smaller, and `Folder::read` has verified them.
            let compressed =
                kinds::CODINGS.map(|(ending, _)| ending).map(|ending| (beside(&from, ending), beside(&to, ending)));
            if compressed.iter().all(|(from, _)| from.is_file()) {
                compressed.iter().try_for_each(|(from, to)| copy(from, to))?;
            } else {
                compress::write(&to)?;
            }
        }
        Ok(())
    }
}

/// The site in the folder of `--site`, and its problems.
pub(crate) fn given(folder: Option<&Path>) -> (Option<Site>, Vec<String>) {
    match folder.map(Site::read).transpose() {
        Ok(site) => (site, Vec::new()),
        Err(error) => (None, vec![format!("{error:#}")]),
    }
}

/// Checks that the pages' policy with these parameters is short enough for CloudFront.
///
/// # Errors
/// If it is too long.
pub fn ensure_policy_fits(template: &str, parameters: &Parameters) -> Result<()> {
    let headers = headers::of(&template::parse(template)?, parameters)?;
    let len = headers.every.get("content-security-policy").map_or(0, http::HeaderValue::len);
    ensure!(
        len <= LONGEST_POLICY,
        "nothing was changed: the pages have too many inline scripts and styles. The Content-Security-Policy with \
         their hashes has {len} characters, and CloudFront accepts {LONGEST_POLICY}. Move them into files"
    );
    Ok(())
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}.{ending}", file.display()))
}

/// Whether a script creates the Trusted Types policy `default`, the only one that the site's policy allows. Without it,
/// a page under `require-trusted-types-for` cannot turn text into HTML, as Leptos and others do.
fn makes_default_policy(script: &str) -> bool {
    script.split("createPolicy").skip(1).any(|rest| {
        let argument = rest.trim_start().strip_prefix('(').map(str::trim_start);
        argument.is_some_and(|argument| {
            ["\"default\"", "'default'", "`default`"].iter().any(|name| argument.starts_with(name))
        })
    })
}

#[cfg(test)]
mod tests;
