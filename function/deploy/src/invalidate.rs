//! Invalidates the cached `/api/config` after a change. It is the only response that can be stale: the names of the
//! site's files contain hashes, `index.html` is cached for CloudFront's minimum of a second, and no other response of
//! the function is cached.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::aws::Aws;
use crate::say;

const PATH: &str = "/api/config";

const POLL_INTERVAL: Duration = Duration::from_secs(3);

/// How long the configuration is cached without an invalidation: after that there is nothing to wait for.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Makes the edges request the configuration again, and waits until they do. A failure is only reported, because the
/// cache expires after five minutes.
pub(crate) fn configuration(aws: &Aws<'_>, distribution: &str) {
    say("invalidating the cached configuration");
    if let Err(error) = done(aws, distribution) {
        say(&format!("  the edges may serve the former configuration for up to five minutes: {error:#}"));
    }
}

fn done(aws: &Aws<'_>, distribution: &str) -> Result<()> {
    let of = ["--distribution-id", distribution];
    let made = aws.ask(&[&["cloudfront", "create-invalidation"], &of[..], &["--paths", PATH]].concat())?;
    let id = made["Invalidation"]["Id"].as_str().context("an invalidation has an id")?;
    let begun = Instant::now();
    loop {
        let seen = aws.ask(&[&["cloudfront", "get-invalidation"], &of[..], &["--id", id]].concat())?;
        let status = seen["Invalidation"]["Status"].as_str().unwrap_or_default();
        if status.eq_ignore_ascii_case("Completed") || begun.elapsed() > TIMEOUT {
            return Ok(());
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}
