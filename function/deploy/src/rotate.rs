//! `cargo xtask rotate-session-key`: performs the next of the three steps of a rotation.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, anyhow, bail, ensure};

use crate::aws::Aws;
use crate::document::new_key;
use crate::lambda::{Function, LATEST};
use crate::rotation::{self, Note, Present, Step};
use crate::stack::{Stack, Wanted};
use crate::which::Which;
use crate::{Place, release, say, secrets};

/// The variable with the version of the document that the function reads.
const SECRETS_VERSION: &str = "OAUTH_SECRETS_VERSION";

/// The function's default for `OAUTH_SESSION_DAYS`.
const DEFAULT_DAYS: u64 = 30;

/// The deployment whose key is replaced.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The deployment.
    #[command(flatten)]
    pub which: Which,
    /// Remove the old key even if sessions that it encrypted may still exist.
    #[arg(long)]
    pub force: bool,
    /// Only report the next step.
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs `cargo xtask rotate-session-key`.
///
/// # Errors
/// If there is no deployment, the next step is not due yet, or AWS reports an error.
pub fn run(options: &Options) -> Result<()> {
    next_step(&Place::new()?, options, SystemTime::now())
}

/// Performs the next step, at the given time.
///
/// # Errors
/// As [`run`].
pub fn next_step(place: &Place, options: &Options, now: SystemTime) -> Result<()> {
    let Options { which: Which { stack: name, region }, force, dry_run } = options;
    let now = now.duration_since(UNIX_EPOCH).context("the clock is before 1970")?.as_secs();
    let aws = Aws::new(place, region.clone())?;
    let stack = Stack::find(&aws, name)?.with_context(|| format!("there is no stack {name} in {}", aws.region()))?;
    if let Some(problem) = stack.problem(name) {
        bail!("{problem}");
    }
    let parameter = |name: &str| stack.parameters.get(name).map(String::as_str);
    let stored = secrets::find(&aws, name)?.filter(|stored| parameter("SecretsArn") == Some(&stored.arn));
    let first = "run `cargo xtask deploy` first";
    let stored = stored.with_context(|| format!("the function of {name} has no document of secrets yet: {first}"))?;
    let function = Function { aws: &aws, name };
    let live = function.version(&function.live()?.version)?;
    let differences = live.differences(&function.version(LATEST)?);
    ensure!(
        differences.iter().all(|name| name == SECRETS_VERSION),
        "the newest version of {name} is not live (it was rolled back, or did not respond; differences: {}), and this \
         would make it live: {first}",
        differences.join(", ")
    );
    let days = live.variable("OAUTH_SESSION_DAYS").map_or(Some(DEFAULT_DAYS), |days| days.parse().ok());
    let days = days.context("OAUTH_SESSION_DAYS of the function is not a number")?;
    let is_live = live.variable(SECRETS_VERSION) == Some(&stored.version);
    let keys = stored.document.keys();
    let present = Present { keys: &keys, note: stored.note, is_live, days };
    let step = rotation::next(&present, now, *force).map_err(|reason| anyhow!(reason))?;
    if *dry_run {
        say(&format!("nothing is changed; the next step would be: {}", rotation::message(step, now, days)));
        return Ok(());
    }
    let version = match step {
        Step::Restart => stored.version,
        _ => {
            let new = new_key()?;
            let mut document = stored.document.clone();
            document.set_keys(&rotation::keys(step, &keys, &new));
            let note = Some(Note { step, at: now }).filter(|note| note.to_text().is_some());
            secrets::replace(&aws, &stored, document, note)?.version
        }
    };
    say("publishing a version of the function that reads the current document");
    Wanted {
        name,
        template: None,
        parameters: &[("SecretsVersion".to_owned(), version)].into(),
        known: &stack.parameters.keys().cloned().collect::<Vec<_>>(),
    }
    .apply(&aws, Some(&stack))?;
    release::publish(&aws, name, None, &mut Vec::new())?;
    say(&rotation::message(step, now, days));
    Ok(())
}
