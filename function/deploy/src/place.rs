//! Where a deployment goes: the AWS command line with its environment, and the template.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::aws::Aws;
use crate::template_path;

/// Where to deploy, and the template to use.
#[derive(Debug)]
pub struct Place {
    /// Environment variables for the AWS command line, besides those of this process.
    pub environment: BTreeMap<String, String>,
    /// The template's text.
    pub template: String,
}

impl Place {
    /// The operator's own AWS account, and our template.
    ///
    /// # Errors
    /// If the template cannot be read.
    pub fn new() -> Result<Self> {
        let path = template_path();
        let template = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        Ok(Self { environment: BTreeMap::new(), template })
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new("aws");
        command.envs(&self.environment);
        command
    }
}

/// What is uploaded.
#[derive(Debug)]
pub struct Built {
    /// The folder of the site.
    pub site: PathBuf,
    /// The function's archive.
    pub archive: PathBuf,
}

/// The account of the caller. This request also detects missing credentials.
pub(crate) fn account(aws: &Aws<'_>) -> Result<String> {
    let identity = aws
        .ask(&["sts", "get-caller-identity"])
        .context("there are no valid AWS credentials: run `aws configure` or `aws sso login`, or set AWS_PROFILE")?;
    Ok(identity["Account"].as_str().context("an identity has an account")?.to_owned())
}
