//! Faults of a provider that tests can request.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::http::{HeaderName, HeaderValue};
use serde::Deserialize;

use super::expiring::locked;
use super::refusal::Refusal;

/// The endpoint at which a fault occurs.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// The login page and the login that it posts.
    Authorize,
    /// The exchange of a code for a token.
    Token,
    /// The profile.
    Profile,
    /// The revocation of a token, if the service has it.
    Revoke,
    /// The emulator's calls below the base address of the service's API.
    Api,
}

impl Endpoint {
    /// Endpoints with exactly one path.
    pub(super) const PLACES: [Self; 4] = [Self::Authorize, Self::Token, Self::Profile, Self::Revoke];
}

/// How an endpoint misbehaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The correct response, delayed.
    Delay(Duration),
    /// No response, until the caller or the emulator ends.
    NeverAnswer,
    /// The connection is reset before the first byte of the response.
    Reset,
    /// The request is carried out, then the connection is reset: a code or a refresh token is consumed, and what it was
    /// exchanged for is lost.
    LoseAnswer,
    /// An HTTP status, with a body like the service's own errors. At [`Endpoint::Profile`] CORS is as for a correct
    /// response.
    Status(u16),
    /// Exactly this response. `Date` is added, and `Content-Length` unless it is here; if that is larger than the body,
    /// the connection is cut.
    Raw {
        /// The HTTP status.
        status: u16,
        /// Names and values, in order; a name may come twice.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// The rate limit is reached: 429, without CORS headers.
    Busy {
        /// `Retry-After` in seconds. AniAPI itself sends only `X-RateLimit-Reset`.
        retry_after: Option<u32>,
    },
    /// An error response to a token request, in the service's own format.
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
            Self::Delay(_)
            | Self::NeverAnswer
            | Self::Reset
            | Self::LoseAnswer
            | Self::Busy { .. }
            | Self::Refuse(_) => Ok(()),
        }
    }
}

/// The current fault of each endpoint.
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
    let parsed: HeaderName = name.parse().with_context(|| format!("not a header name: {name:?}"))?;
    let value = value.parse().with_context(|| format!("not a header value: {name}: {value:?}"))?;
    Ok((parsed, value))
}

/// Responses with a status below 200 are not final.
fn check_status(status: u16) -> Result<()> {
    ensure!((200..=999).contains(&status), "the status of a response is 200 to 999, not {status}");
    Ok(())
}
