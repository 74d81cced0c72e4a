//! Publishes what CloudFormation put into `$LATEST` as a version, code and configuration together, and makes it live if
//! it responds.

use anyhow::{Context as _, Result, ensure};

use crate::aws::Aws;
use crate::lambda::{Function, LATEST, Version};
use crate::{labels, say, smoke};

/// How many published versions are kept for `cargo xtask rollback`.
const KEEP: usize = 5;

/// The result of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Release {
    /// The live version was the same already.
    Same,
    /// The new version is live.
    Moved,
    /// The new version is live, and it is the first.
    First,
}

/// Makes `live` equal to `$LATEST`. `code` is the expected SHA-256 of its archive, if one was uploaded.
///
/// # Errors
/// If the code is a different one, or the version does not respond as expected. The former version then stays live.
pub(crate) fn publish(aws: &Aws<'_>, name: &str, code: Option<&str>, changes: &mut Vec<String>) -> Result<Release> {
    let function = Function { aws, name };
    let alias = function.live()?;
    let latest = function.version(LATEST)?;
    let stays = match alias.version.as_str() {
        LATEST => "there is no earlier version".to_owned(),
        number => format!("version {number} is still live, and nothing has changed for people"),
    };
    ensure!(
        code.is_none_or(|code| code == latest.code()),
        "the code of {name} is not the archive that was uploaded ({stays}): is another deployment running? Run \
         `cargo xtask deploy` again, and check who may write to the bucket"
    );
    if alias.version != LATEST && function.version(&alias.version)?.is_same(&latest) {
        return Ok(Release::Same);
    }
    let mut published = function.published()?;
    let version = function.publish(latest.code())?;
    let number = version.name();
    ensure!(
        version.is_same(&latest),
        "{name} was changed by another process while it was being published ({stays}): try again"
    );
    if published.iter().any(|known| known.name() == number) {
        say(&format!("version {number} of {name} exists but is not live (it was rolled back, or did not respond)"));
    } else {
        published.push(version.clone());
    }
    say(&format!("checking version {number} of {name}"));
    smoke::check(&function, &version).with_context(|| {
        format!(
            "version {number} of {name} was not made live ({stays}). Fix the cause, then run `cargo xtask deploy` again"
        )
    })?;
    // First, so that a live version never lacks its secrets.
    labels::keep(aws, &published)?;
    function.switch(&alias, number)?;
    changes.push(format!("made version {number} live"));
    say(&format!("version {number} of {name} is live"));
    if let Err(error) = tidy(&function, published, &alias.version) {
        say(&format!("  older versions were not deleted: {error:#}"));
    }
    Ok(if alias.version == LATEST { Release::First } else { Release::Moved })
}

/// Deletes versions beyond those kept for a rollback, and removes their labels from the document of secrets.
fn tidy(function: &Function<'_>, published: Vec<Version>, former: &str) -> Result<()> {
    let before = published.len();
    let left = function.prune(published, KEEP, former)?;
    if left.len() < before { labels::keep(function.aws, &left) } else { Ok(()) }
}
