//! The state behind an emulator's endpoints.

use std::sync::Mutex;
use std::time::Duration;

use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use super::aniapi::{AuthorizationRequest, RateLimit, THREE_MINUTES};
use super::behaviour::Behaviour;
use super::clock::Clock;
use super::counters::Counters;
use super::expiring::{Expiring, locked, random_name};
use super::fault::{Endpoint, Faults};
use super::grants::{FamilyId, Grants};
use super::parameters::Parameters;
use super::people::Person;
use super::rfc6749::pkce::Challenge;
use super::seen::Log;
use super::service::Service;
use super::tokens::{Renewal, Tokens};
use super::{Options, api};

#[derive(Debug)]
pub(super) struct Provider {
    pub(super) service: Service,
    pub(super) url: String,
    pub(super) redirect_uri: String,
    pub(super) clock: Clock,
    pub(super) faults: Faults,
    pub(super) seen: Log,
    pub(super) codes: Expiring<Issued>,
    pub(super) grants: Grants,
    pub(super) counters: Counters,
    token_lifetime: Duration,
    /// The token settings at the start, and the current ones.
    tokens_at_start: Tokens,
    tokens: Mutex<Tokens>,
    /// Only used by AniAPI.
    pub(super) rate_limit: RateLimit,
    /// Only used by AniAPI, by the value of the session cookie.
    pub(super) sessions: Expiring<AuthorizationRequest>,
}

/// The data behind a code.
#[derive(Clone, Debug)]
pub(super) struct Issued {
    pub(super) person: &'static Person,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<Challenge>,
    /// The time of the login.
    pub(super) at: Duration,
    /// Whether the service issues a refresh token for it.
    pub(super) is_renewable: bool,
}

/// The result of a token request.
#[derive(Clone, Debug)]
pub(super) struct Granted {
    pub(super) person: &'static Person,
    pub(super) access_token: String,
    /// In seconds, if the token expires.
    pub(super) expires_in: Option<u64>,
    pub(super) refresh_token: Option<String>,
    pub(super) at: Duration,
}

impl Granted {
    /// The access token response of RFC 6749, 5.1.
    pub(super) fn answer(&self) -> Value {
        let mut answer = json!({ "access_token": self.access_token, "token_type": "Bearer" });
        if let Some(seconds) = self.expires_in {
            answer["expires_in"] = seconds.into();
        }
        if let Some(token) = &self.refresh_token {
            answer["refresh_token"] = token.as_str().into();
        }
        answer
    }
}

impl Provider {
    pub(super) fn new(url: String, options: Options) -> Self {
        let Options { service, redirect_uri, rate_limit, token_lifetime, tokens } = options;
        let behaviour = service.behaviour();
        Self {
            service,
            url,
            redirect_uri,
            clock: Clock::default(),
            faults: Faults::default(),
            seen: Log::default(),
            codes: Expiring::new(behaviour.code_lifetime()),
            grants: Grants::default(),
            counters: Counters::default(),
            token_lifetime,
            tokens_at_start: tokens,
            tokens: Mutex::new(tokens),
            rate_limit: RateLimit::new(rate_limit),
            sessions: Expiring::new(THREE_MINUTES),
        }
    }

    pub(super) fn behaviour(&self) -> &'static dyn Behaviour {
        self.service.behaviour()
    }

    /// The `iss` of its authorization responses.
    pub(super) fn issuer(&self) -> Option<String> {
        self.behaviour().issuer(&self.url)
    }

    pub(super) fn endpoint_at(&self, path: &str) -> Option<Endpoint> {
        let paths = self.behaviour().paths();
        let place = Endpoint::PLACES.into_iter().find(|endpoint| paths.at(*endpoint) == Some(path));
        place.or_else(|| api::is_at(paths.api, path).then_some(Endpoint::Api))
    }

    pub(super) fn reset(&self) {
        self.faults.clear();
        self.rate_limit.clear();
        self.sessions.clear();
        self.codes.clear();
        self.seen.clear();
        self.clock.reset();
        self.counters.reset();
        *locked(&self.tokens) = self.tokens_at_start;
    }

    /// Changes the settings of tokens that are issued from now on.
    pub(super) fn set_tokens(&self, later: Tokens) {
        let mut tokens = locked(&self.tokens);
        *tokens = tokens.with(later);
    }

    fn tokens(&self) -> Tokens {
        *locked(&self.tokens)
    }

    /// A code for a person who has just logged in.
    pub(super) fn issue_code(
        &self,
        person: &'static Person,
        redirect_uri: String,
        challenge: Option<Challenge>,
        is_renewable: bool,
    ) -> String {
        let now = self.clock.now();
        let code = random_name(30);
        self.codes.put(&code, Issued { person, redirect_uri, challenge, at: now, is_renewable }, now);
        code
    }

    /// The same without an authorization request that could ask for a refresh token.
    pub(super) fn issue_plain_code(&self, person: &'static Person) -> String {
        let is_renewable = self.behaviour().gives_refresh_token(&Parameters::none());
        self.issue_code(person, self.redirect_uri.clone(), None, is_renewable)
    }

    pub(super) fn use_up(&self, code: &str) -> Option<Issued> {
        self.codes.take(code, self.clock.now())
    }

    /// The first tokens of a login.
    pub(super) fn begin(&self, issued: &Issued) -> Granted {
        let family = self.grants.begin(issued.person);
        let is_renewable = self.tokens().refresh.unwrap_or(issued.is_renewable);
        self.grant(issued.person, family, is_renewable, is_renewable)
    }

    /// Whether refresh tokens are accepted.
    pub(super) fn takes_refresh_tokens(&self) -> bool {
        self.tokens().refresh == Some(true) || self.behaviour().takes_refresh_tokens()
    }

    /// Further tokens of a login, or `None` if the refresh token is invalid.
    pub(super) fn renew(&self, refresh_token: &str) -> Option<Granted> {
        let behaviour = self.behaviour();
        let renewal = match self.tokens().rotate {
            Some(true) => Renewal::Rotates,
            Some(false) => Renewal::Keeps,
            None => behaviour.renewal(),
        };
        let (family, person) = self.grants.renew(refresh_token, renewal, self.clock.now())?;
        if behaviour.renewal_ends_access_tokens() {
            self.grants.end_access(family);
        }
        self.counters.count_renewal();
        Some(self.grant(person, family, renewal != Renewal::Keeps, true))
    }

    fn grant(&self, person: &'static Person, family: FamilyId, with_refresh: bool, is_renewable: bool) -> Granted {
        let at = self.clock.now();
        let lifetime = self.lifetime(is_renewable);
        let until = lifetime.map(|lifetime| at.saturating_add(lifetime));
        let access_token = self.behaviour().issue_token(self, person, until);
        self.grants.add_access(&access_token, family, until);
        let refresh_token = with_refresh.then(|| self.behaviour().refresh_token());
        if let Some(token) = &refresh_token {
            let until = self.behaviour().refresh_lifetime().map(|lifetime| at.saturating_add(lifetime));
            self.grants.add_refresh(token, family, until);
        }
        Granted { person, access_token, expires_in: lifetime.map(|lifetime| lifetime.as_secs()), refresh_token, at }
    }

    /// The lifetime of an access token. A renewable one expires; otherwise there would be no reason to renew it.
    fn lifetime(&self, is_renewable: bool) -> Option<Duration> {
        let configured = self.tokens().access_token_s.map(Duration::from_secs);
        configured.or_else(|| (is_renewable || self.behaviour().tokens_end()).then_some(self.token_lifetime))
    }

    /// An access token without a login.
    pub(super) fn issue_token(&self, person: &'static Person) -> String {
        self.grant(person, self.grants.begin(person), false, false).access_token
    }

    /// An access token that was issued at `began`, and that is not stored.
    pub(super) fn issue_token_at(&self, person: &Person, began: Duration) -> String {
        let until = self.lifetime(false).map(|lifetime| began.saturating_add(lifetime));
        self.behaviour().issue_token(self, person, until)
    }

    /// The person to whom a valid access token belongs.
    pub(super) fn holder(&self, token: &str) -> Option<&'static Person> {
        let is_revoked = self.grants.is_revoked(token);
        self.behaviour().holder(self, token).filter(|_| !is_revoked)
    }

    /// Revokes a refresh token's family, or an access token. Returns `false` if it is neither, or no longer valid.
    pub(super) fn revoke(&self, token: &str) -> bool {
        if self.grants.revoke_family_of(token) {
            return true;
        }
        let is_good = self.holder(token).is_some();
        if is_good {
            self.grants.revoke_access(token);
        }
        is_good
    }
}

/// The bearer token of a request (RFC 6750, 2.1).
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}
