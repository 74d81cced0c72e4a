//! AniAPI, for development and for end-to-end tests.
//!
//! It behaves as AniAPI's documentation says and as its public server (version 1.1.5) does, including its deviations: a
//! code can be used repeatedly, failures have HTTP 200, and `state` is not encoded. Failures of the real server can be
//! requested: see [`Fault`].

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
use serde_json::Value;

pub use super::{Emulator, Endpoint, Fault, Options, PEOPLE, Person, REDIRECT_URI, Refusal, Seen, loopback_listeners};
pub use client::{CLIENT_ID, CLIENT_SECRET};

pub(super) use authorize::AuthorizationRequest;
pub(super) use rate_limit::RateLimit;

use super::behaviour::Behaviour;
use super::cors;
use super::jwt;
use super::parameters::Parameters;
use super::paths::Paths;
use super::provider::Provider;
use envelope::Envelope;

/// The lifetime of AniAPI's codes, and of authorization requests that wait for a login.
pub(super) const THREE_MINUTES: Duration = Duration::from_secs(3 * 60);

pub(super) struct AniApi;

impl Behaviour for AniApi {
    fn id(&self) -> &'static str {
        "aniapi"
    }

    fn name(&self) -> &'static str {
        "AniAPI"
    }

    fn paths(&self) -> Paths {
        Paths { authorize: "/v1/oauth", token: "/v1/oauth/token", profile: "/v1/auth/me", api: "/v1", ..Paths::NONE }
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

    fn gives_refresh_token(&self, _: &Parameters) -> bool {
        false
    }

    fn routes(&self) -> Router<Arc<Provider>> {
        let paths = self.paths();
        Router::new()
            .route(paths.authorize, get(authorize::authorize).post(login::login))
            .route(paths.token, post(token::exchange))
            .route(paths.profile, get(profile::me).options(cors::preflight))
    }

    fn guarded(&self, app: Router<Arc<Provider>>, provider: &Arc<Provider>) -> Router<Arc<Provider>> {
        app.layer(from_fn_with_state(Arc::clone(provider), rate_limit::limit))
    }

    /// Only the claims of the real tokens.
    fn issue_token(&self, provider: &Provider, person: &Person, until: Option<Duration>) -> String {
        jwt::sign(provider.service, person.id, until, None)
    }

    fn unauthorized(&self) -> (StatusCode, Value) {
        (StatusCode::UNAUTHORIZED, profile::unauthorized().into())
    }

    fn refuse(&self, refusal: Refusal) -> Response {
        refusal::envelope(refusal).into_response()
    }

    fn failure(&self, status: StatusCode) -> Response {
        let reason = status.canonical_reason().unwrap_or("Fault of the emulator");
        Envelope::new(status.as_u16(), reason).with_status()
    }

    fn busy(&self, provider: &Provider) -> Response {
        provider.rate_limit.too_many_requests()
    }
}
