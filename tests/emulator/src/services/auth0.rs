//! Auth0 (<https://auth0.com/docs/api/authentication>). A wrong code is HTTP 403
//! (<https://community.auth0.com/t/authorisation-code-flow-error-403/73029>), a wrong secret `access_denied`
//! (<https://github.com/auth0/nextjs-auth0/issues/66>).

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::fault::Endpoint;
use crate::refusal::Refusal;
use crate::rfc6749;
use crate::service::Ways;

pub(crate) struct Auth0;

impl Ways for Auth0 {
    fn id(&self) -> &'static str {
        "auth0"
    }

    fn name(&self) -> &'static str {
        "Auth0"
    }

    fn base_path(&self) -> Option<&'static str> {
        Some("")
    }

    fn path(&self, at: Endpoint) -> &'static str {
        match at {
            Endpoint::Authorize => "/authorize",
            Endpoint::Token => "/oauth/token",
            Endpoint::Profile => "/userinfo",
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("emulatorAuth0Client", "emulator-auth0-secret_")
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(24 * 60 * 60)
    }

    fn wants_scope(&self) -> bool {
        true
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        let (status, error, description) = match refusal {
            Refusal::SecretMismatch => (StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized"),
            Refusal::CodeNotValid => (StatusCode::FORBIDDEN, "invalid_grant", "Invalid authorization code"),
            refusal => return rfc6749::refusal(refusal),
        };
        (status, json!({ "error": error, "error_description": description }))
    }
}
