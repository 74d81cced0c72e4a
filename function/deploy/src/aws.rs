//! Calls the AWS command line, with input and output in JSON. It provides what should not be written again: all sources
//! of credentials, retries and signatures.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::Value;
use tempfile::NamedTempFile;

use crate::Place;

/// The option that names the account that must own a bucket.
pub(crate) const OWNER: &str = "--expected-bucket-owner";

/// How the command line retries requests that were throttled or lost.
const RETRIES: [(&str, &str); 2] = [("AWS_RETRY_MODE", "standard"), ("AWS_MAX_ATTEMPTS", "8")];

/// AWS, in one region.
pub(crate) struct Aws<'a> {
    place: &'a Place,
    region: String,
}

/// An error response of AWS.
#[derive(Debug)]
pub(crate) struct AwsError {
    /// Its code, such as `ValidationError`; empty if there was no response.
    pub(crate) code: String,
    message: String,
}

impl std::fmt::Display for AwsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AwsError {}

impl<'a> Aws<'a> {
    /// The AWS command line for the given region, or else for the configured one.
    ///
    /// # Errors
    /// If no region is configured.
    pub(crate) fn new(place: &'a Place, region: Option<String>) -> Result<Self> {
        let configured = || {
            let output = place.command().args(["configure", "get", "region"]).output().ok()?;
            let region = String::from_utf8(output.stdout).ok()?.trim().to_owned();
            (!region.is_empty()).then_some(region)
        };
        let of = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let region = region.or_else(|| of("AWS_REGION")).or_else(|| of("AWS_DEFAULT_REGION")).or_else(configured);
        let region =
            region.context("no region: add `--region eu-central-1`, set AWS_REGION, or run `aws configure`")?;
        Ok(Self { place, region })
    }

    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// Runs a command, such as `&["sts", "get-caller-identity"]`. Without output the result is `null`.
    ///
    /// # Errors
    /// [`AwsError`], if the command line or AWS reports an error.
    pub(crate) fn ask(&self, what: &[&str]) -> Result<Value> {
        answer(&mut self.command(what)?)
    }

    /// The same with input in JSON, which is passed in a private temporary file: all users of a machine can read
    /// command lines, and not every version of the command line reads a pipe.
    pub(crate) fn ask_with(&self, what: &[&str], input: &Value) -> Result<Value> {
        let mut file = NamedTempFile::new().context("creating a temporary file")?;
        file.write_all(input.to_string().as_bytes()).context("writing a temporary file")?;
        let mut command = self.command(what)?;
        command.arg("--cli-input-json").arg(format!("file://{}", file.path().display()));
        answer(&mut command)
    }

    fn command(&self, what: &[&str]) -> Result<Command> {
        if !names_owner(what) {
            bail!("`aws {}` does not name the bucket's expected owner: use `Bucket`", what.join(" "));
        }
        let mut command = self.place.command();
        command.args(what).args(["--region", &self.region, "--output", "json"]);
        // Otherwise it would page its output, and prompt.
        command.envs([("AWS_PAGER", ""), ("AWS_CLI_AUTO_PROMPT", "off")]);
        // Retries with growing delays; the operator's own settings take precedence.
        for (name, value) in RETRIES {
            if std::env::var_os(name).is_none() && !self.place.environment.contains_key(name) {
                command.env(name, value);
            }
        }
        Ok(command)
    }
}

/// Whether a command about a bucket names its expected owner. Bucket names can be guessed, so anyone may have created
/// one of that name before.
fn names_owner(what: &[&str]) -> bool {
    // Creating a bucket only ever affects one's own account.
    let is_about_bucket =
        what.first().is_some_and(|service| service.starts_with("s3")) && what.get(1) != Some(&"create-bucket");
    !is_about_bucket || what.contains(&OWNER)
}

/// Whether this is an error of AWS with that code.
pub(crate) fn is_error(error: &anyhow::Error, code: &str) -> bool {
    error.downcast_ref::<AwsError>().is_some_and(|error| error.code == code)
}

fn answer(command: &mut Command) -> Result<Value> {
    let output = command.stdin(Stdio::null()).output().context("starting aws")?;
    if !output.status.success() {
        return Err(parse_error(&String::from_utf8_lossy(&output.stderr)).into());
    }
    if output.stdout.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&output.stdout).map_err(|error| anyhow!("the output of aws is not JSON: {error}"))
}

/// Parses `An error occurred (ValidationError) when calling the DescribeStacks operation: …`.
fn parse_error(stderr: &str) -> AwsError {
    let stderr = stderr.trim();
    let code = stderr.split_once("An error occurred (").and_then(|(_, rest)| rest.split_once(')'));
    let code = code.map_or(String::new(), |(code, _)| code.to_owned());
    AwsError { code, message: stderr.lines().last().unwrap_or("aws failed without a message").to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_messages_are_parsed() {
        for (stderr, code, message) in [
            (
                "\nAn error occurred (ValidationError) when calling the DescribeStacks operation: Stack with id x does not exist\n",
                "ValidationError",
                "An error occurred (ValidationError) when calling the DescribeStacks operation: Stack with id x does not exist",
            ),
            (
                "Unable to locate credentials. You can configure …",
                "",
                "Unable to locate credentials. You can configure …",
            ),
            ("", "", "aws failed without a message"),
        ] {
            let error = parse_error(stderr);
            assert_eq!((error.code.as_str(), error.message.as_str()), (code, message));
        }
    }

    #[test]
    fn bucket_command_without_an_owner_is_rejected() {
        for (line, is_accepted) in [
            ("s3api head-bucket --bucket x", false),
            ("s3 cp x s3://x", false),
            ("s3control get-public-access-block --account-id 1", false),
            ("s3api head-bucket --bucket x --expected-bucket-owner 1", true),
            ("s3api create-bucket", true),
            ("cloudformation describe-stacks", true),
        ] {
            let words: Vec<_> = line.split(' ').collect();
            assert_eq!(names_owner(&words), is_accepted, "{line}");
            let place = Place { environment: [("PATH".to_owned(), String::new())].into(), template: String::new() };
            let aws = Aws { place: &place, region: "eu-west-1".to_owned() };
            let is_rejected = aws.ask(&words).expect_err("there is no program").to_string().contains("expected owner");
            assert_eq!(is_rejected, !is_accepted, "{line}");
        }
    }
}
