//! `cargo xtask destroy`: deletes a whole deployment, after asking.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::{Result, bail};

use crate::aws::Aws;
use crate::bucket::{Bucket, Found};
use crate::place::account;
use crate::stack::{self, Stack};
use crate::which::Which;
use crate::{Place, archive, say, secrets};

/// The deployment to delete.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The deployment.
    #[command(flatten)]
    pub which: Which,
    /// Delete without asking.
    #[arg(long)]
    pub yes: bool,
}

/// Runs `cargo xtask destroy`.
///
/// # Errors
/// If there is nothing to delete, the operator does not confirm, or AWS reports an error.
pub fn run(options: &Options) -> Result<()> {
    let Options { which: Which { stack, region }, yes } = options;
    delete_deployment(&Place::new()?, stack, region.clone(), || if *yes { Ok(true) } else { confirmed(stack) })
}

/// Deletes the stack, and what the deployment created besides it, if the operator confirms.
///
/// # Errors
/// If there is nothing to delete, the operator does not confirm, or AWS reports an error.
pub fn delete_deployment(
    place: &Place,
    name: &str,
    region: Option<String>,
    is_wanted: impl FnOnce() -> Result<bool>,
) -> Result<()> {
    let aws = Aws::new(place, region)?;
    let account = account(&aws)?;
    let stack = Stack::find(&aws, name)?;
    let stored = secrets::find(&aws, name)?;
    if stack.is_none() && stored.is_none() {
        if stack::discard_left_over(&aws, name)? {
            return Ok(());
        }
        bail!("there is no stack {name} in {} of the account {account}", aws.region());
    }
    if let Some(problem) = stack.as_ref().and_then(Stack::deletion_problem) {
        bail!("{problem}");
    }
    if !is_wanted()? {
        bail!("nothing was deleted");
    }
    let named = stack.as_ref().and_then(|stack| stack.parameters.get("CodeBucket").cloned());
    let archives = named.unwrap_or_else(|| archive::default_bucket(&account, aws.region()));
    // An earlier run may have deleted the stack and been interrupted before the rest.
    if let Some(stack) = stack {
        if let Some(site) = stack.resource(&aws, "SiteBucket")? {
            empty(Bucket::new(&aws, &site, &account), "")?;
        }
        say(&format!("deleting the stack {name}; CloudFront takes several minutes"));
        stack.delete(&aws)?;
    }
    secrets::delete(&aws, name)?;
    empty(Bucket::new(&aws, &archives, &account), &format!("{name}/"))?;
    say(&format!("{name} is deleted. The bucket {archives} is kept if it exists: other stacks share it"));
    Ok(())
}

/// Deletes the objects with a prefix, if the bucket exists and is ours.
fn empty(bucket: Bucket<'_>, prefix: &str) -> Result<()> {
    match bucket.find()? {
        Found::Ours => {
            say(&format!("emptying {}/{prefix}", bucket.name));
            bucket.empty(prefix)
        }
        Found::Missing => Ok(()),
        Found::Foreign | Found::Elsewhere => {
            say(&format!("the bucket {} is not ours, or you have no access to it: it is not changed", bucket.name));
            Ok(())
        }
    }
}

fn confirmed(name: &str) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("there is no terminal to ask on: add `--yes` to delete {name} without asking");
    }
    say(&format!("This deletes the app, its function, its secrets and its log. Type {name} to continue:"));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim() == name)
}
