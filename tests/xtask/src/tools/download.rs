//! Downloads archives with `curl` and `tar`, which are on every system with a compiler.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, ensure};
use sha2::{Digest as _, Sha256};

use super::progress;

/// The reason for a failed download.
#[derive(Debug)]
pub(super) enum Failure {
    /// The host does not respond, so further requests to it would only waste time.
    Unreachable(String),
    /// The host responds, but the archive is not available or not readable.
    Other(anyhow::Error),
}

impl From<Failure> for anyhow::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unreachable(host) => anyhow!("{host} does not respond"),
            Failure::Other(error) => error,
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

/// Downloads an archive, checks its hash, and unpacks it without its first `strip` folders.
pub(super) fn unpack(tool: &str, url: &str, sha256: &str, strip: u8, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    let archive = folder.join("archive.partial");
    fetch(url, &archive)?;
    ensure_hash(&archive, sha256).with_context(|| format!("the download from {url}"))?;
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
    ensure!(hash == expected, "its SHA-256 is {hash}, expected {expected}");
    Ok(())
}

/// Whether the host of an address responds, even with an error.
pub fn is_reachable(url: &str) -> bool {
    !matches!(fetch(url, Path::new("/dev/null")), Err(Failure::Unreachable(_)))
}

/// The host of an address.
pub fn host(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or(url)
}

fn fetch(url: &str, file: &Path) -> Result<(), Failure> {
    let output = Command::new("curl")
        .args(["--fail", "--location", "--silent", "--show-error", "--proto", "=https"])
        // An unreachable network costs these seconds once; a slow one may take longer as long as data arrives.
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
        // The proxy or the host does not resolve, refuses, does not respond, or cannot be authenticated.
        Some(5 | 6 | 7 | 28 | 35 | 52 | 56 | 60) => Err(Failure::Unreachable(host(url).to_owned())),
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
    fn host_of_an_address_is_found() {
        assert_eq!(host("https://github.com/a/b.tar.gz"), "github.com");
    }

    #[test]
    fn file_with_a_wrong_hash_is_rejected() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("archive");
        fs::write(&file, "abc").expect("the file can be written");
        // FIPS 180-2, appendix B.1.
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert!(ensure_hash(&file, hash).is_ok());
        fs::write(&file, "abd").expect("the file can be written");
        assert!(ensure_hash(&file, hash).is_err());
    }

    #[test]
    fn host_that_does_not_respond_is_unreachable() {
        // Names below `invalid` never resolve (RFC 6761, 6.4), and nothing listens on port 1.
        assert!(!is_reachable("https://host.invalid/"));
        assert!(!is_reachable("https://127.0.0.1:1/"));
        // This request is not sent (curl allows only HTTPS): an error of ours does not mean that a host is unreachable.
        assert!(is_reachable("http://127.0.0.1:1/"));
    }
}
