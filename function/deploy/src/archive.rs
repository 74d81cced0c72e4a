//! The function's archive, and the bucket from which CloudFormation passes it to Lambda.
//!
//! Anyone who can write to that bucket can run code in the function's role, so neither its name nor an object's key is
//! trusted. The bucket must belong to the account; the object's SHA-256, which S3 computes, must be that of the archive
//! built here; and CloudFormation gets the object's version, whose content cannot change.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::aws::{Aws, is_error};
use crate::bucket::{Bucket, Found};
use crate::hash::hex;
use crate::say;

/// The default bucket for archives. Bucket names are global, so each account and region has its own.
pub(crate) fn default_bucket(account: &str, region: &str) -> String {
    format!("aniapi-login-code-{account}-{region}")
}

/// The problem with the bucket, if there is one. A bucket that the operator named must exist; the default one is
/// created.
pub(crate) fn problem(bucket: Bucket<'_>, is_named: bool) -> Result<Option<String>> {
    let name = bucket.name;
    let found = bucket.find().with_context(|| format!("looking for the bucket {name}"))?;
    let another = "choose another of your buckets with `--archive-bucket`";
    Ok(match found {
        Found::Ours => None,
        Found::Missing if !is_named => None,
        Found::Missing => Some(format!("there is no bucket {name}: create it first, in this region")),
        Found::Elsewhere => {
            Some(format!("the bucket {name} is in another region, and Lambda cannot read it from there: {another}"))
        }
        Found::Foreign => Some(format!(
            "the bucket {name} belongs to another AWS account, or you have no access to it (s3:ListBucket). Code from \
             it would run as your function, so it is not used: {another}"
        )),
    })
}

/// An archive of the function.
pub(crate) struct Archive {
    file: PathBuf,
    /// Its key, derived from its content: the same archive always has the same key.
    pub(crate) key: String,
    /// The SHA-256 of its content in Base64, as S3 and Lambda write it.
    pub(crate) sha256: String,
}

impl Archive {
    /// Reads the archive from a file.
    pub(crate) fn read(stack: &str, file: &Path) -> Result<Self> {
        let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        let sha256 = digest(&SHA256, &bytes);
        let key = format!("{stack}/{}.zip", hex(sha256.as_ref()));
        Ok(Self { file: file.to_owned(), key, sha256: STANDARD.encode(sha256) })
    }

    /// Its version in the bucket, if it is there with exactly this content; empty if the bucket is not versioned.
    pub(crate) fn find(&self, bucket: Bucket<'_>) -> Result<Option<String>> {
        let found = match bucket.ask("head-object", &["--key", &self.key, "--checksum-mode", "ENABLED"]) {
            Ok(found) => found,
            Err(error) if is_error(&error, "404") => return Ok(None),
            Err(error) => return Err(error),
        };
        match found["ChecksumSHA256"].as_str() {
            Some(sha256) if sha256 == self.sha256 => return Ok(Some(version(&found))),
            // Uploaded by an earlier version of this program, without a checksum.
            None => {}
            Some(_) => say(&format!(
                "WARNING: {} in the bucket {} does not have the content that its name says: it was replaced",
                self.key, bucket.name
            )),
        }
        Ok(None)
    }

    /// Uploads it to the bucket and returns its version.
    pub(crate) fn put(&self, bucket: Bucket<'_>) -> Result<String> {
        say(&format!("uploading {}", self.file.display()));
        let body = self.file.to_string_lossy();
        let object = ["--key", &self.key, "--body", &body];
        // S3 rejects the upload if the checksum differs.
        let checksum = ["--checksum-algorithm", "SHA256", "--checksum-sha256", &self.sha256];
        let put = bucket.ask("put-object", &[object, checksum].concat())?;
        if put["ChecksumSHA256"] != self.sha256.as_str() {
            bail!("S3 stored something other than {} (SHA-256 {})", self.file.display(), put["ChecksumSHA256"]);
        }
        Ok(version(&put))
    }
}

/// The version in a response about an object. `null` is the version of an object that was put before versioning was
/// enabled.
fn version(answer: &Value) -> String {
    answer["VersionId"].as_str().filter(|version| *version != "null").unwrap_or_default().to_owned()
}

/// Creates or completes the default bucket, which is private and versioned. An older bucket without versions gets them,
/// or is used without if that is not permitted.
pub(crate) fn ensure_bucket(aws: &Aws<'_>, bucket: Bucket<'_>) -> Result<()> {
    if bucket.find()? == Found::Missing {
        say(&format!("creating the bucket {} for the function's archives", bucket.name));
        bucket.create().with_context(|| format!("creating a bucket in {}", aws.region()))?;
    }
    if bucket.ask("get-bucket-versioning", &[])?["Status"] == "Enabled" {
        return Ok(());
    }
    let block = json!({
        "BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
    });
    bucket.ask_with("put-public-access-block", &json!({ "PublicAccessBlockConfiguration": block }))?;
    // Last, because versioning marks the bucket as complete.
    let versions = json!({ "VersioningConfiguration": { "Status": "Enabled" } });
    match bucket.ask_with("put-bucket-versioning", &versions) {
        Err(error) if is_error(&error, "AccessDenied") => {
            say(&format!(
                "the bucket {} is not versioned, and you may not change that; continuing without versions",
                bucket.name
            ));
            Ok(())
        }
        answer => answer.map(|_| ()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{template, template_path};

    #[test]
    fn lambda_gets_the_version_of_the_archive_if_there_is_one() {
        let template = template::read(&template_path()).expect("the template is valid");
        let code = &template["Resources"]["Function"]["Properties"]["Code"];
        let version = json!({ "Fn::If": ["HasCodeVersion", { "Ref": "CodeVersion" }, { "Ref": "AWS::NoValue" }] });
        assert_eq!(code["S3ObjectVersion"], version);
        assert_eq!(template["Parameters"]["CodeVersion"]["Default"], "");
        assert_eq!(version_of(r#"{"VersionId":"abc"}"#), "abc");
        assert_eq!(version_of(r#"{"VersionId":"null"}"#), "");
        assert_eq!(version_of("{}"), "");
    }

    fn version_of(answer: &str) -> String {
        version(&serde_json::from_str(answer).expect("it is JSON"))
    }

    #[test]
    fn archive_is_named_by_its_content() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("function.zip");
        std::fs::write(&file, "abc").expect("a temporary file");
        let archive = Archive::read("mine", &file).expect("it exists");
        // NIST's example for SHA-256.
        assert_eq!(archive.key, "mine/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.zip");
        assert_eq!(archive.sha256, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    }
}
