//! The endpoints of a service that follows RFC 6749.

mod authorize;
pub(super) mod pkce;
mod profile;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::provider::Provider;

pub(super) fn routes(authorize: &str, token: &str, profile: &str) -> Router<Arc<Provider>> {
    Router::new()
        .route(authorize, get(authorize::page).post(authorize::login))
        .route(token, post(token::exchange))
        .route(profile, get(profile::who).post(profile::who).options(profile::preflight))
}
