//! What an emulator knows: the state behind its endpoints.

use std::sync::Mutex;
use std::time::Duration;

use axum::http::{HeaderMap, header};

use super::Options;
use super::aniapi::{AuthorizationRequest, RateLimit, THREE_MINUTES};
use super::clock::Clock;
use super::expiring::{Expiring, locked, random_name};
use super::fault::{Endpoint, Faults};
use super::people::Person;
use super::rfc6749::pkce::Challenge;
use super::seen::Log;
use super::service::{Service, Ways};

#[derive(Debug)]
pub(super) struct Provider {
    pub(super) service: Service,
    pub(super) url: String,
    pub(super) redirect_uri: String,
    pub(super) clock: Clock,
    pub(super) faults: Faults,
    pub(super) seen: Log,
    pub(super) codes: Expiring<Issued>,
    /// The accounts of tokens that do not say themselves whose they are.
    pub(super) opaque_tokens: Expiring<u64>,
    refresh_tokens: Mutex<Vec<String>>,
    pub(super) token_lifetime: Duration,
    /// AniAPI's alone.
    pub(super) rate_limit: RateLimit,
    /// AniAPI's alone, by the session cookie's value.
    pub(super) sessions: Expiring<AuthorizationRequest>,
}

/// What a code stands for.
#[derive(Clone, Debug)]
pub(super) struct Issued {
    pub(super) person: &'static Person,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<Challenge>,
    /// When the person logged in.
    pub(super) at: Duration,
}

impl Provider {
    pub(super) fn new(url: String, options: Options) -> Self {
        let Options { service, redirect_uri, rate_limit, token_lifetime } = options;
        let ways = service.ways();
        Self {
            service,
            url,
            redirect_uri,
            clock: Clock::default(),
            faults: Faults::default(),
            seen: Log::default(),
            codes: Expiring::new(ways.code_lifetime()),
            opaque_tokens: Expiring::new(Duration::MAX),
            refresh_tokens: Mutex::default(),
            token_lifetime,
            rate_limit: RateLimit::new(rate_limit),
            sessions: Expiring::new(THREE_MINUTES),
        }
    }

    pub(super) fn ways(&self) -> &'static dyn Ways {
        self.service.ways()
    }

    pub(super) fn url_of(&self, at: Endpoint) -> String {
        format!("{}{}", self.url, self.ways().path(at))
    }

    /// The name that it puts into its callbacks.
    pub(super) fn issuer(&self) -> Option<String> {
        self.ways().issuer(&self.url)
    }

    pub(super) fn endpoint_at(&self, path: &str) -> Option<Endpoint> {
        Endpoint::ALL.into_iter().find(|endpoint| self.ways().path(*endpoint) == path)
    }

    pub(super) fn reset(&self) {
        self.faults.clear();
        self.rate_limit.clear();
        self.sessions.clear();
        self.codes.clear();
        self.seen.clear();
        self.clock.reset();
    }

    /// A code for who has just logged in.
    pub(super) fn issue_code(
        &self,
        person: &'static Person,
        redirect_uri: String,
        challenge: Option<Challenge>,
    ) -> String {
        let now = self.clock.now();
        let code = random_name(30);
        self.codes.put(&code, Issued { person, redirect_uri, challenge, at: now }, now);
        code
    }

    pub(super) fn use_up(&self, code: &str) -> Option<Issued> {
        self.codes.take(code, self.clock.now())
    }

    pub(super) fn issue_token(&self, person: &Person) -> String {
        self.issue_token_at(person, self.clock.now())
    }

    /// A token whose life began then.
    pub(super) fn issue_token_at(&self, person: &Person, began: Duration) -> String {
        self.ways().issue_token(self, person, began.saturating_add(self.token_lifetime))
    }

    pub(super) fn issue_refresh_token(&self) -> String {
        let token = random_name(60);
        locked(&self.refresh_tokens).push(token.clone());
        token
    }

    /// All that were ever issued.
    pub(super) fn refresh_tokens(&self) -> Vec<String> {
        locked(&self.refresh_tokens).clone()
    }
}

/// The token that a request carries (RFC 6750, 2.1).
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}
