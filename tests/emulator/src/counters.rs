//! Counters for tests.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::Emulator;
use super::fault::Endpoint;
use super::seen::Seen;

/// The grant type of a renewal (RFC 6749, 6).
const REFRESH_TOKEN: &str = "refresh_token";

impl Emulator {
    /// The number of attempts to exchange a code: `POST`s to the token endpoint, whatever their outcome, without
    /// renewals.
    pub fn exchanges(&self) -> usize {
        self.token_requests(|grant_type| grant_type != Some(REFRESH_TOKEN))
    }

    /// The number of attempted renewals, whatever their outcome.
    pub fn renewal_attempts(&self) -> usize {
        self.token_requests(|grant_type| grant_type == Some(REFRESH_TOKEN))
    }

    /// The number of renewals that issued tokens, whether or not a fault withheld the response.
    pub fn renewals(&self) -> usize {
        self.provider.counters.renewals()
    }

    /// The number of successful revocations, including those of unknown tokens if the service accepts them (RFC 7009,
    /// 2.2).
    pub fn revocations(&self) -> usize {
        self.provider.counters.revocations()
    }

    /// The number of attempted revocations, whatever their outcome.
    pub fn revocation_attempts(&self) -> usize {
        let path = self.provider.behaviour().paths().at(Endpoint::Revoke);
        self.seen().iter().filter(|seen| path == Some(seen.path.as_str())).count()
    }

    fn token_requests(&self, is_one: impl Fn(Option<&str>) -> bool) -> usize {
        let path = self.path(Endpoint::Token);
        let is_token_request = |seen: &&Seen| seen.method == "POST" && seen.path == path;
        self.seen().iter().filter(is_token_request).filter(|seen| is_one(seen.grant_type.as_deref())).count()
    }
}

/// Counts that cannot be derived from the requests.
#[derive(Debug, Default)]
pub(super) struct Counters {
    renewals: AtomicUsize,
    revocations: AtomicUsize,
}

impl Counters {
    pub(super) fn count_renewal(&self) {
        self.renewals.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_revocation(&self) {
        self.revocations.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn renewals(&self) -> usize {
        self.renewals.load(Ordering::Relaxed)
    }

    pub(super) fn revocations(&self) -> usize {
        self.revocations.load(Ordering::Relaxed)
    }

    pub(super) fn reset(&self) {
        self.renewals.store(0, Ordering::Relaxed);
        self.revocations.store(0, Ordering::Relaxed);
    }
}
