//! Google (<https://developers.google.com/identity/protocols/oauth2/web-server>). A scope is required, and
//! authorization responses have `iss`. The error for a wrong code is "malformed"
//! (<https://github.com/googleworkspace/go-samples/issues/85>).

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::parameters::Parameters;
use crate::paths::Paths;
use crate::refusal::Refusal;
use crate::rfc6749;

pub(crate) struct Google;

impl Behaviour for Google {
    fn id(&self) -> &'static str {
        "google"
    }

    fn name(&self) -> &'static str {
        "Google"
    }

    fn paths(&self) -> Paths {
        Paths { authorize: "/o/oauth2/v2/auth", token: "/token", profile: "/v1/userinfo", api: "", ..Paths::NONE }
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

    /// "Refreshing an access token" in its documentation: the refresh token stays the same.
    fn gives_refresh_token(&self, request: &Parameters) -> bool {
        request.first("access_type") == Some("offline")
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        let (status, error, description) = match refusal {
            Refusal::ClientNotFound => (StatusCode::UNAUTHORIZED, "invalid_client", "The OAuth client was not found."),
            Refusal::SecretMismatch => (StatusCode::UNAUTHORIZED, "invalid_client", "Unauthorized"),
            Refusal::CodeNotValid => (StatusCode::BAD_REQUEST, "invalid_grant", "Malformed auth code."),
            Refusal::RefreshTokenNotValid => {
                (StatusCode::BAD_REQUEST, "invalid_grant", "Token has been expired or revoked.")
            }
            refusal => return rfc6749::refusal(refusal),
        };
        (status, json!({ "error": error, "error_description": description }))
    }
}
