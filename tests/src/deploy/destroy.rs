//! `cargo xtask destroy`: takes a deployment away, whole, after asking.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::{Result, bail};

use super::aws::Aws;
use super::stack::{self, Stack};
use super::{Place, account, say, upload};
use crate::tools;
use crate::usage::Usage;

/// Runs `cargo xtask destroy [--stack NAME] [--region REGION] [--yes]`.
///
/// # Errors
/// Where there is nothing to take away, the person does not want it, or AWS says no.
pub fn run(arguments: &[String]) -> Result<()> {
    let (mut name, mut region, mut is_sure) = ("aniapi-login".to_owned(), None, false);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().cloned().ok_or_else(|| Usage(format!("{argument} of what?")));
        match argument.as_str() {
            "--stack" => name = value()?,
            "--region" => region = Some(value()?),
            "--yes" => is_sure = true,
            _ => return Err(Usage("destroy takes `--stack <name>`, `--region <region>` and `--yes`".to_owned()).into()),
        }
    }
    let toolbox = tools::ensure(&[tools::Tool::Aws])?;
    let place = Place::new(&toolbox)?;
    take_away(&place, &name, region, || if is_sure { Ok(true) } else { confirmed(&name) })
}

/// Takes the stack away, and what deploying it has put beside it, if the person wants it.
///
/// # Errors
/// Where there is nothing to take away, the person does not want it, or AWS says no.
pub fn take_away(
    place: &Place<'_>,
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
