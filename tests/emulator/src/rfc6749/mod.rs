//! The endpoints of a service that follows RFC 6749.

mod authorize;
pub(super) mod pkce;
mod profile;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};

use serde_json::{Value, json};

use super::provider::Provider;
use super::refusal::Refusal;

pub(super) fn routes(authorize: &str, token: &str, profile: &str) -> Router<Arc<Provider>> {
    Router::new()
        .route(authorize, get(authorize::page).post(authorize::login))
        .route(token, post(token::exchange))
        .route(profile, get(profile::who).post(profile::who).options(profile::preflight))
}

/// The answer to an exchange that is refused (RFC 6749, 5.2).
pub(super) fn refusal(refusal: Refusal) -> (StatusCode, Value) {
    let (status, error) = match refusal {
        Refusal::MissingField => (StatusCode::BAD_REQUEST, "invalid_request"),
        Refusal::ClientNotFound | Refusal::SecretMismatch => (StatusCode::UNAUTHORIZED, "invalid_client"),
        Refusal::RedirectMismatch | Refusal::CodeNotValid => (StatusCode::BAD_REQUEST, "invalid_grant"),
        Refusal::SomethingBad => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
    };
    (status, json!({ "error": error }))
}
