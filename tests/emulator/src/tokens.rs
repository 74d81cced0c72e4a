//! Settings of the tokens that are issued: their lifetime, and whether and how they can be renewed.

use serde::Deserialize;

/// Differences from the service's defaults. `None` changes nothing.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// The lifetime of access tokens in seconds.
    pub access_token_s: Option<u64>,
    /// Whether logins get refresh tokens. AniAPI never issues them.
    pub refresh: Option<bool>,
    /// Whether each renewal issues a new refresh token and consumes the old one.
    pub rotate: Option<bool>,
}

impl Tokens {
    /// The same settings, overridden by those of `later`.
    pub(super) fn with(self, later: Self) -> Self {
        Self {
            access_token_s: later.access_token_s.or(self.access_token_s),
            refresh: later.refresh.or(self.refresh),
            rotate: later.rotate.or(self.rotate),
        }
    }
}

/// The effect of a renewal on the refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renewal {
    /// It stays valid, and the response has none.
    Keeps,
    /// The response has a new one, and the old one stays valid.
    Adds,
    /// The response has a new one, and the old one is consumed: its reuse revokes all tokens of the login (RFC 9700,
    /// 4.14.2).
    Rotates,
}
