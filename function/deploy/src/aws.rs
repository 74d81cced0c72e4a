//! The AWS command line, asked and answered in JSON. It brings what nobody should write again: every way to come by
//! credentials, retries, signatures.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, anyhow};
use serde_json::Value;
use tempfile::NamedTempFile;

use crate::Place;

/// AWS, in one region.
pub(crate) struct Aws<'a> {
    place: &'a Place,
    region: String,
}

/// What AWS said no with.
#[derive(Debug)]
pub(crate) struct Refused {
    /// Its code, such as `ValidationError`, where there was an answer at all.
    pub(crate) code: String,
    message: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refused {}

impl<'a> Aws<'a> {
    /// The AWS command line for the region, or for the one that the person has configured.
    ///
    /// # Errors
    /// Where there is none.
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

    /// Asks for something, such as `&["sts", "get-caller-identity"]`. An answer without a body is `null`.
    ///
    /// # Errors
    /// [`Refused`], where it was AWS that said no.
    pub(crate) fn ask(&self, what: &[&str]) -> Result<Value> {
        answer(&mut self.command(what))
    }

    /// The same with an input in JSON. It stands in a file that nobody else may read and that is gone afterwards: a
    /// command line can be read by everybody on a machine, and not every version reads a pipe.
    pub(crate) fn ask_with(&self, what: &[&str], input: &Value) -> Result<Value> {
        let mut file = NamedTempFile::new().context("making a temporary file")?;
        file.write_all(input.to_string().as_bytes()).context("writing a temporary file")?;
        let mut command = self.command(what);
        command.arg("--cli-input-json").arg(format!("file://{}", file.path().display()));
        answer(&mut command)
    }

    fn command(&self, what: &[&str]) -> Command {
        let mut command = self.place.command();
        command.args(what).args(["--region", &self.region, "--output", "json"]);
        // It would show each answer page by page, and ask back.
        command.envs([("AWS_PAGER", ""), ("AWS_CLI_AUTO_PROMPT", "off")]);
        command
    }
}

/// Whether an error is AWS's own, with that code.
pub(crate) fn is_refused(error: &anyhow::Error, code: &str) -> bool {
    error.downcast_ref::<Refused>().is_some_and(|refused| refused.code == code)
}

fn answer(command: &mut Command) -> Result<Value> {
    let output = command.stdin(Stdio::null()).output().context("starting aws")?;
    if !output.status.success() {
        return Err(refused(&String::from_utf8_lossy(&output.stderr)).into());
    }
    if output.stdout.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| anyhow!("aws answered with something else than JSON: {error}"))
}

/// Reads `An error occurred (ValidationError) when calling the DescribeStacks operation: …`.
fn refused(told: &str) -> Refused {
    let told = told.trim();
    let code = told.split_once("An error occurred (").and_then(|(_, rest)| rest.split_once(')'));
    let code = code.map_or(String::new(), |(code, _)| code.to_owned());
    Refused { code, message: told.lines().last().unwrap_or("aws failed and did not say why").to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_says_no_with_is_read() {
        for (told, code, message) in [
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
            ("", "", "aws failed and did not say why"),
        ] {
            let refused = refused(told);
            assert_eq!((refused.code.as_str(), refused.message.as_str()), (code, message));
        }
    }
}
