//! Google (<https://developers.google.com/identity/protocols/oauth2/web-server>). A scope is required, and the callback has
//! `iss`. A wrong code is "malformed" (<https://github.com/googleworkspace/go-samples/issues/85>).

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::fault::Endpoint;
use crate::refusal::Refusal;
use crate::rfc6749;
use crate::service::Ways;

pub(crate) struct Google;

impl Ways for Google {
    fn id(&self) -> &'static str {
        "google"
    }

    fn name(&self) -> &'static str {
        "Google"
    }

    fn path(&self, at: Endpoint) -> &'static str {
        match at {
            Endpoint::Authorize => "/o/oauth2/v2/auth",
            Endpoint::Token => "/token",
            Endpoint::Profile => "/v1/userinfo",
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("1234567890-emulator.apps.googleusercontent.example", "GOCSPX-emulator")
    }

    fn wants_scope(&self) -> bool {
        true
    }

    fn issuer(&self, url: &str) -> Option<String> {
        Some(url.to_owned())
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        let (status, error, description) = match refusal {
            Refusal::ClientNotFound => (StatusCode::UNAUTHORIZED, "invalid_client", "The OAuth client was not found."),
            Refusal::SecretMismatch => (StatusCode::UNAUTHORIZED, "invalid_client", "Unauthorized"),
            Refusal::CodeNotValid => (StatusCode::BAD_REQUEST, "invalid_grant", "Malformed auth code."),
            refusal => return rfc6749::refusal(refusal),
        };
        (status, json!({ "error": error, "error_description": description }))
    }
}
