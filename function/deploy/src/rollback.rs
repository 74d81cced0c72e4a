//! `cargo xtask rollback`: makes the version of the function before the live one live again, within seconds.

use anyhow::{Context as _, Result, bail, ensure};

use crate::aws::Aws;
use crate::lambda::{Function, LATEST, Version};
use crate::stack::Stack;
use crate::which::Which;
use crate::{Place, invalidate, say, smoke};

/// The deployment to roll back.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The deployment.
    #[command(flatten)]
    pub which: Which,
    /// Only report what would change.
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs `cargo xtask rollback`.
///
/// # Errors
/// If there is no deployment, no earlier version that responds, or AWS reports an error.
pub fn run(options: &Options) -> Result<()> {
    roll_back(&Place::new()?, options)
}

/// Moves the alias to the version before the live one. A version that does not respond is skipped: it was never live.
///
/// This works even while the stack is being changed: CloudFormation changes neither versions nor the alias.
///
/// # Errors
/// As [`run`].
pub fn roll_back(place: &Place, options: &Options) -> Result<()> {
    let Options { which: Which { stack: name, region }, dry_run } = options;
    let aws = Aws::new(place, region.clone())?;
    let stack = Stack::find(&aws, name)?.with_context(|| format!("there is no stack {name} in {}", aws.region()))?;
    // First, because the stack must be a deployment of this app before the function of its name is used.
    let distribution =
        stack.output("DistributionId").with_context(|| format!("{name} is not a deployment of this app"))?;
    let function = Function { aws: &aws, name };
    let alias = function.live()?;
    ensure!(alias.version != LATEST, "{name} has no published version: run `cargo xtask deploy` first");
    let live = function.version(&alias.version)?;
    let published = function.published()?;
    let former: Vec<_> = before(&published, &live);
    ensure!(!former.is_empty(), "there is no version of {name} before {}, which is live", live.name());
    for version in former {
        say(&message(&live, version));
        if let Err(error) = smoke::check(&function, version) {
            say(&format!("  skipping version {}: {error:#}", version.name()));
            continue;
        }
        if *dry_run {
            say("nothing is changed");
            return Ok(());
        }
        function.switch(&alias, version.name())?;
        say(&format!("version {} of {name} is live again", version.name()));
        invalidate::configuration(&aws, distribution);
        say(&format!(
            "The site and its Content-Security-Policy are still those of the last deployment. `cargo xtask deploy` \
             makes version {} live again, or a new one if something has changed",
            published.last().map_or(live.name(), Version::name)
        ));
        return Ok(());
    }
    bail!("no version of {name} before {} responds, so the live version stays", live.name());
}

/// The versions before the live one, the newest first.
fn before<'a>(published: &'a [Version], live: &Version) -> Vec<&'a Version> {
    published.iter().rev().filter(|version| version.number() < live.number()).collect()
}

fn message(live: &Version, former: &Version) -> String {
    let differences = former.differences(live);
    let differences = if differences.is_empty() { "none".to_owned() } else { differences.join(", ") };
    format!(
        "version {} of {} is live; version {} is of {}. Differences: {differences}",
        live.name(),
        live.date(),
        former.name(),
        former.date()
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn earlier_versions_are_tried_newest_first() {
        let version = |name: &str| Version::of(json!({ "Version": name }));
        // Compared as numbers, not as text.
        let published = ["2", "9", "10", "11"].map(version);
        let names =
            |live: &str| before(&published, &version(live)).iter().map(|v| v.name()).collect::<Vec<_>>().join(" ");
        assert_eq!(names("11"), "10 9 2");
        assert_eq!(names("10"), "9 2");
        assert_eq!(names("2"), "");
    }

    #[test]
    fn differences_are_named_without_values() {
        let version = |name: &str, id: &str| {
            let environment = json!({ "Variables": { "OAUTH_CLIENT_ID": id } });
            Version::of(json!({ "Version": name, "LastModified": format!("day {name}"), "Environment": environment }))
        };
        let text = message(&version("7", "hush"), &version("6", "hushed"));
        assert_eq!(text, "version 7 of day 7 is live; version 6 is of day 6. Differences: OAUTH_CLIENT_ID");
    }
}
