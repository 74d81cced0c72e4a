//! What can go wrong with a provider, for tests to ask for.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::http::{HeaderName, HeaderValue};
use serde::Deserialize;

use super::expiring::locked;
use super::refusal::Refusal;

/// Where a fault shows.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// The login page and the login that it posts.
    Authorize,
    /// The exchange of a code for a token.
    Token,
    /// "Who am I".
    Profile,
}

impl Endpoint {
    pub(super) const ALL: [Self; 3] = [Self::Authorize, Self::Token, Self::Profile];
}

/// How an endpoint misbehaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The right answer, this much later.
    Delay(Duration),
    /// Silence, until the caller or the emulator ends.
    NeverAnswer,
    /// The connection is reset before the first byte of an answer.
    Reset,
    /// An HTTP status, with a body as the service's own failures have it. At [`Endpoint::Profile`] a
    /// page may read it, as it may the right answer.
    Status(u16),
    /// This answer to the letter. `Date` is added, and `Content-Length` unless it is here; one
    /// that promises more than the body holds ends in a cut connection.
    Raw {
        /// The HTTP status.
        status: u16,
        /// Names and values, in order; a name may come twice.
        headers: Vec<(String, String)>,
        /// What follows them.
        body: Vec<u8>,
    },
    /// The rate limit is reached: 429, without CORS headers.
    Busy {
        /// `Retry-After` in seconds. AniAPI itself sends none, `X-RateLimit-Reset` is all.
        retry_after: Option<u32>,
    },
    /// A refused exchange, in the service's own words.
    Refuse(Refusal),
}

impl Fault {
    /// Whether HTTP can carry it.
    pub(super) fn check(&self) -> Result<()> {
        match self {
            Self::Status(status) => check_status(*status),
            Self::Raw { status, headers, .. } => {
                check_status(*status)?;
                for (name, value) in headers {
                    header(name, value)?;
                }
                Ok(())
            }
            Self::Delay(_) | Self::NeverAnswer | Self::Reset | Self::Busy { .. } | Self::Refuse(_) => Ok(()),
        }
    }
}

/// The fault of each endpoint that has one.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<HashMap<Endpoint, Fault>>);

impl Faults {
    pub(super) fn set(&self, at: Endpoint, fault: Fault) {
        locked(&self.0).insert(at, fault);
    }

    pub(super) fn at(&self, endpoint: Endpoint) -> Option<Fault> {
        locked(&self.0).get(&endpoint).cloned()
    }

    pub(super) fn clear(&self) {
        locked(&self.0).clear();
    }
}

pub(super) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue)> {
    let parsed: HeaderName = name.parse().with_context(|| format!("not a header's name: {name:?}"))?;
    let value = value.parse().with_context(|| format!("not a header's value: {name}: {value:?}"))?;
    Ok((parsed, value))
}

/// Below 200 an answer is not the last one.
fn check_status(status: u16) -> Result<()> {
    ensure!((200..=999).contains(&status), "the status of an answer is 200 to 999, not {status}");
    Ok(())
}
