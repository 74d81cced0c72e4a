//! The endpoints of a service that follows RFC 6749.

mod authorize;
pub(super) mod client;
mod log_out;
pub(super) mod pkce;
mod profile;
mod revoke;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};

use serde_json::{Value, json};

use super::paths::{Paths, Revoke};
use super::provider::Provider;
use super::refusal::Refusal;

pub(super) fn routes(paths: &Paths) -> Router<Arc<Provider>> {
    let mut router = Router::new()
        .route(paths.authorize, get(authorize::page).post(authorize::login))
        .route(paths.token, post(token::exchange))
        .route(paths.profile, get(profile::who).post(profile::who).options(profile::preflight));
    if let Revoke::Rfc7009(path) = paths.revoke {
        router = router.route(path, post(revoke::revoke));
    }
    if let Some(path) = paths.log_out {
        router = router.route(path, get(log_out::page).post(log_out::page));
    }
    router
}

/// The error response to a token request (RFC 6749, 5.2).
pub(super) fn refusal(refusal: Refusal) -> (StatusCode, Value) {
    let (status, error) = match refusal {
        Refusal::MissingField => (StatusCode::BAD_REQUEST, "invalid_request"),
        Refusal::ClientNotFound | Refusal::SecretMismatch => (StatusCode::UNAUTHORIZED, "invalid_client"),
        Refusal::RedirectMismatch | Refusal::CodeNotValid | Refusal::RefreshTokenNotValid => {
            (StatusCode::BAD_REQUEST, "invalid_grant")
        }
        Refusal::GrantTypeUnsupported => (StatusCode::BAD_REQUEST, "unsupported_grant_type"),
        Refusal::SomethingBad => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
    };
    (status, json!({ "error": error }))
}
