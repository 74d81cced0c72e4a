//! `cargo xtask destroy`: takes a deployment away, whole, after asking.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::{Result, bail};

use crate::aws::Aws;
use crate::plan::account;
use crate::stack::{self, Stack};
use crate::{Place, say, upload};

/// Which deployment is deleted.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The name of the CloudFormation stack.
    #[arg(long, value_name = "NAME", default_value = "aniapi-login")]
    pub stack: String,
    /// The AWS region; the default is the one that the AWS command line uses.
    #[arg(long)]
    pub region: Option<String>,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
}

/// Runs `cargo xtask destroy`.
///
/// # Errors
/// Where there is nothing to take away, the person does not want it, or AWS says no.
pub fn run(options: &Options) -> Result<()> {
    let Options { stack, region, yes } = options;
    take_away(&Place::new()?, stack, region.clone(), || if *yes { Ok(true) } else { confirmed(stack) })
}

/// Takes the stack away, and what deploying it has put beside it, if the person wants it.
///
/// # Errors
/// Where there is nothing to take away, the person does not want it, or AWS says no.
pub fn take_away(
    place: &Place,
    name: &str,
    region: Option<String>,
    is_wanted: impl FnOnce() -> Result<bool>,
) -> Result<()> {
    let aws = Aws::new(place, region)?;
    let account = account(&aws)?;
    let Some(stack) = Stack::find(&aws, name)? else {
        bail!("there is no stack {name} in {} of the account {account}", aws.region());
    };
    if !is_wanted()? {
        bail!("nothing was done");
    }
    if let Ok(bucket) = stack.output("SiteBucket") {
        say(&format!("emptying {bucket}"));
        upload::empty(&aws, bucket, "")?;
    }
    say(&format!("taking away the stack {name}; CloudFront takes some minutes to let go"));
    stack::delete(&aws, name)?;
    let bucket = upload::code_bucket(&account, aws.region());
    upload::empty(&aws, &bucket, &format!("{name}/"))?;
    say(&format!(
        "{name} is gone. The bucket {bucket}, which other stacks share, is left; it holds nothing of {name}."
    ));
    Ok(())
}

fn confirmed(name: &str) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("there is nobody to ask: add `--yes` to take {name} away unasked");
    }
    say(&format!("This takes away the app, its function, its secret and its log. Type {name} to go on:"));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim() == name)
}
