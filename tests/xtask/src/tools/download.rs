//! Fetching a ready archive with `curl` and `tar`, which every system with a compiler has.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, ensure};
use sha2::{Digest as _, Sha256};

use super::progress;

/// Why there is no archive.
#[derive(Debug)]
pub(super) enum Failure {
    /// The host does not answer, so that asking it for anything else is a waste of time.
    OutOfReach(String),
    /// The host answers, but this archive is not to be had or not to be read.
    Other(anyhow::Error),
}

impl From<Failure> for anyhow::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::OutOfReach(host) => anyhow!("{host} does not answer"),
            Failure::Other(error) => error,
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

/// Downloads an archive, checks its hash, and unpacks it, without its first `strip` folders.
pub(super) fn unpack(tool: &str, url: &str, sha256: &str, strip: u8, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    let archive = folder.join("archive.partial");
    fetch(url, &archive)?;
    ensure_hash(&archive, sha256).with_context(|| format!("what {url} gave"))?;
    progress::run(
        tool,
        Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(folder).arg(format!("--strip-components={strip}")),
    )?;
    fs::remove_file(&archive).with_context(|| format!("removing {}", archive.display()))?;
    Ok(())
}

fn ensure_hash(file: &Path, expected: &str) -> Result<()> {
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    ensure!(hash == expected, "has another SHA-256 than expected: {hash} and not {expected}");
    Ok(())
}

/// Whether the host of an address answers at all, whatever it says to that address.
pub fn is_in_reach(url: &str) -> bool {
    !matches!(fetch(url, Path::new("/dev/null")), Err(Failure::OutOfReach(_)))
}

/// The host of an address.
pub fn host(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or(url)
}

fn fetch(url: &str, file: &Path) -> Result<(), Failure> {
    let output = Command::new("curl")
        .args(["--fail", "--location", "--silent", "--show-error", "--proto", "=https"])
        // A closed network costs these seconds once; a slow one may take its time as long as something comes.
        .args(["--connect-timeout", "5", "--speed-time", "20", "--speed-limit", "1000"])
        .arg("--output")
        .arg(file)
        .arg(url)
        .stdin(Stdio::null())
        .output()
        .context("starting curl")?;
    if output.status.success() {
        return Ok(());
    }
    match output.status.code() {
        // The proxy or the host has no address, refuses, is silent, or is not who it should be.
        Some(5 | 6 | 7 | 28 | 35 | 52 | 56 | 60) => Err(Failure::OutOfReach(host(url).to_owned())),
        _ => {
            let text = String::from_utf8_lossy(&output.stderr);
            Err(anyhow!("{}", text.trim()).context(format!("fetching {url}")).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_what_stands_between_the_slashes() {
        assert_eq!(host("https://github.com/a/b.tar.gz"), "github.com");
    }

    #[test]
    fn a_file_with_another_hash_is_rejected() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("archive");
        fs::write(&file, "abc").expect("it is ours");
        // FIPS 180-2, appendix B.1.
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert!(ensure_hash(&file, hash).is_ok());
        fs::write(&file, "abd").expect("it is ours");
        assert!(ensure_hash(&file, hash).is_err());
    }

    #[test]
    fn a_host_that_does_not_answer_is_out_of_reach() {
        // Names below `invalid` belong to nobody (RFC 6761, 6.4), and nobody listens on port 1.
        assert!(!is_in_reach("https://nobody.invalid/"));
        assert!(!is_in_reach("https://127.0.0.1:1/"));
        // This one is not even asked: that is a fault of ours, and no reason to go on without an answer.
        assert!(is_in_reach("http://127.0.0.1:1/"));
    }
}
