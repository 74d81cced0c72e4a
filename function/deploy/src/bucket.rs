//! A bucket of one account. Each call names the expected owner, so that S3 rejects it if the bucket belongs to another
//! account.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::aws::{Aws, OWNER, is_error};

/// How many objects one request can delete.
const AT_ONCE: usize = 1000;

/// A bucket and the account that must own it.
#[derive(Clone, Copy)]
pub(crate) struct Bucket<'a> {
    aws: &'a Aws<'a>,
    pub(crate) name: &'a str,
    /// The account that must own it.
    owner: &'a str,
}

/// What exists under a bucket's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The bucket, in this region.
    Ours,
    /// The bucket, in another region.
    Elsewhere,
    /// A bucket of another account, or one that the caller has no access to.
    Foreign,
    /// Nothing.
    Missing,
}

impl<'a> Bucket<'a> {
    pub(crate) fn new(aws: &'a Aws<'a>, name: &'a str, owner: &'a str) -> Self {
        Self { aws, name, owner }
    }

    /// Runs an `s3api` command on this bucket.
    pub(crate) fn ask(&self, command: &str, rest: &[&str]) -> Result<Value> {
        self.aws.ask(&[&self.line(command), rest].concat())
    }

    /// The same with input in JSON.
    pub(crate) fn ask_with(&self, command: &str, input: &Value) -> Result<Value> {
        self.aws.ask_with(&self.line(command), input)
    }

    fn line<'b>(&'b self, command: &'b str) -> [&'b str; 6] {
        ["s3api", command, "--bucket", self.name, OWNER, self.owner]
    }

    /// Finds out whether it exists, and whose it is.
    pub(crate) fn find(&self) -> Result<Found> {
        let answer = match self.ask("head-bucket", &[]) {
            Ok(answer) => answer,
            Err(error) if is_error(&error, "404") => return Ok(Found::Missing),
            Err(error) if is_error(&error, "403") => return Ok(Found::Foreign),
            Err(error) if is_error(&error, "301") => return Ok(Found::Elsewhere),
            Err(error) => return Err(error),
        };
        let region = answer["BucketRegion"].as_str();
        Ok(if region.is_none_or(|region| region == self.aws.region()) { Found::Ours } else { Found::Elsewhere })
    }

    /// Creates it. If another account has taken the name, S3 rejects the request.
    pub(crate) fn create(&self) -> Result<()> {
        let mut input = json!({ "Bucket": self.name });
        // us-east-1 is the default and must not be named.
        if self.aws.region() != "us-east-1" {
            input["CreateBucketConfiguration"] = json!({ "LocationConstraint": self.aws.region() });
        }
        self.aws.ask_with(&["s3api", "create-bucket"], &input).map(|_| ())
    }

    /// Deletes all versions of all objects with a prefix.
    pub(crate) fn empty(&self, prefix: &str) -> Result<()> {
        let listed = self.ask("list-object-versions", &["--prefix", prefix])?;
        let of = |list: &str| listed[list].as_array().cloned().unwrap_or_default();
        let objects: BTreeSet<(String, String)> = [of("Versions"), of("DeleteMarkers")]
            .concat()
            .iter()
            .filter_map(|entry| Some((entry["Key"].as_str()?.to_owned(), entry["VersionId"].as_str()?.to_owned())))
            .filter(|(key, _)| key.starts_with(prefix))
            .collect();
        let objects: Vec<Value> =
            objects.into_iter().map(|(key, version)| json!({ "Key": key, "VersionId": version })).collect();
        for objects in objects.chunks(AT_ONCE) {
            let answer =
                self.ask_with("delete-objects", &json!({ "Delete": { "Objects": objects, "Quiet": true } }))?;
            // The request succeeds even if S3 could not delete some of them.
            if let Some(error) = answer["Errors"].as_array().and_then(|errors| errors.first()) {
                bail!("S3 did not delete {} in the bucket {}: {}", error["Key"], self.name, error["Message"]);
            }
        }
        Ok(())
    }
}
