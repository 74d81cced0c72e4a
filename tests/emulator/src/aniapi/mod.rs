//! AniAPI, for developers and for end-to-end tests.
//!
//! It answers as AniAPI's documentation and its public server (version 1.1.5) do, oddities
//! included: a code that is never used up, failures under HTTP 200, a `state` that is not
//! encoded. What the real one does only on a bad day, it does on demand: see [`Fault`].

mod authorize;
mod client;
mod envelope;
mod login;
mod profile;
mod rate_limit;
mod refusal;
mod token;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

pub use super::{Emulator, Endpoint, Fault, Options, PEOPLE, Person, REDIRECT_URI, Refusal, Seen, loopback_listeners};
pub use client::{CLIENT_ID, CLIENT_SECRET};

pub(super) use authorize::AuthorizationRequest;
pub(super) use rate_limit::RateLimit;

use super::cors;
use super::provider::Provider;
use super::service::Ways;
use envelope::Envelope;

/// How long AniAPI keeps codes, and requests that wait for a login.
pub(super) const THREE_MINUTES: Duration = Duration::from_secs(3 * 60);

pub(super) struct AniApi;

impl Ways for AniApi {
    fn id(&self) -> &'static str {
        "aniapi"
    }

    fn name(&self) -> &'static str {
        "AniAPI"
    }

    fn path(&self, at: Endpoint) -> &'static str {
        match at {
            Endpoint::Authorize => "/v1/oauth",
            Endpoint::Token => "/v1/oauth/token",
            Endpoint::Profile => "/v1/auth/me",
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        (CLIENT_ID, CLIENT_SECRET)
    }

    fn code_lifetime(&self) -> Duration {
        THREE_MINUTES
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(30 * 24 * 60 * 60)
    }

    fn note(&self, person: &Person) -> &'static str {
        match (person.email_verified, person.role) {
            (false, _) => "e-mail not verified",
            (true, 0) => "everything in order",
            (true, _) => "a moderator, no avatar",
        }
    }

    fn can_be_denied(&self) -> bool {
        false
    }

    fn routes(&self) -> Router<Arc<Provider>> {
        Router::new()
            .route(self.path(Endpoint::Authorize), get(authorize::authorize).post(login::login))
            .route(self.path(Endpoint::Token), post(token::exchange))
            .route(self.path(Endpoint::Profile), get(profile::me).options(cors::preflight))
    }

    fn guarded(&self, app: Router<Arc<Provider>>, provider: &Arc<Provider>) -> Router<Arc<Provider>> {
        app.layer(from_fn_with_state(Arc::clone(provider), rate_limit::limit))
    }

    fn refuse(&self, refusal: Refusal) -> Response {
        refusal::envelope(refusal).into_response()
    }

    fn failure(&self, status: StatusCode) -> Response {
        let reason = status.canonical_reason().unwrap_or("As a fault of the emulator");
        Envelope::new(status.as_u16(), reason).with_status()
    }

    fn busy(&self, provider: &Provider) -> Response {
        provider.rate_limit.too_many_requests()
    }
}
