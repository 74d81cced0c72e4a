//! What the emulator knows: the state behind its endpoints.

use std::time::Duration;

use super::client::{CLIENT_ID, CLIENT_SECRET, guid};
use super::clock::Clock;
use super::expiring::{Expiring, random_name};
use super::fault::Faults;
use super::people::Person;
use super::rate_limit::RateLimit;
use super::seen::Log;
use super::{Options, jwt};

#[derive(Debug)]
pub(super) struct Provider {
    pub(super) url: String,
    pub(super) clock: Clock,
    pub(super) faults: Faults,
    pub(super) rate_limit: RateLimit,
    pub(super) seen: Log,
    /// By the session cookie's value.
    pub(super) sessions: Expiring<AuthorizationRequest>,
    /// The token that each code stands for: AniAPI makes it at the login, not at the exchange.
    pub(super) codes: Expiring<String>,
    redirect_uri: String,
    token_lifetime: Duration,
}

/// A request of RFC 6749, 4.1.1, that waits for its person to log in.
#[derive(Clone, Debug)]
pub(super) struct AuthorizationRequest {
    pub(super) response_type: ResponseType,
    pub(super) redirect_uri: String,
    pub(super) state: String,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum ResponseType {
    Code,
    Token,
}

impl Provider {
    pub(super) fn new(url: String, options: Options) -> Self {
        Self {
            url,
            clock: Clock::default(),
            faults: Faults::default(),
            rate_limit: RateLimit::new(options.rate_limit),
            seen: Log::default(),
            sessions: Expiring::new(),
            codes: Expiring::new(),
            redirect_uri: options.redirect_uri,
            token_lifetime: options.token_lifetime,
        }
    }

    pub(super) fn url_of(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    pub(super) fn reset(&self) {
        self.faults.clear();
        self.rate_limit.clear();
        self.sessions.clear();
        self.codes.clear();
        self.seen.clear();
        self.clock.reset();
    }

    pub(super) fn is_client(&self, id: u128) -> bool {
        guid(CLIENT_ID) == Some(id)
    }

    pub(super) fn is_secret(&self, secret: u128) -> bool {
        guid(CLIENT_SECRET) == Some(secret)
    }

    pub(super) fn is_redirect_uri(&self, uri: &str) -> bool {
        self.redirect_uri == uri
    }

    pub(super) fn issue_code(&self, person: &Person) -> String {
        let code = random_name(30);
        self.codes.put(&code, self.issue_token(person), self.clock.now());
        code
    }

    pub(super) fn issue_token(&self, person: &Person) -> String {
        jwt::sign(person.id, self.clock.now().saturating_add(self.token_lifetime))
    }
}
