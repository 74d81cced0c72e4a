//! Auth0 (<https://auth0.com/docs/api/authentication>). The error for a wrong code is HTTP 403
//! (<https://community.auth0.com/t/authorisation-code-flow-error-403/73029>), and for a wrong secret `access_denied`
//! (<https://github.com/auth0/nextjs-auth0/issues/66>).

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::parameters::Parameters;
use crate::paths::Paths;
use crate::refusal::Refusal;
use crate::rfc6749;

pub(crate) struct Auth0;

impl Behaviour for Auth0 {
    fn id(&self) -> &'static str {
        "auth0"
    }

    fn name(&self) -> &'static str {
        "Auth0"
    }

    fn base_path(&self) -> Option<&'static str> {
        Some("")
    }

    fn paths(&self) -> Paths {
        Paths {
            authorize: "/authorize",
            token: "/oauth/token",
            profile: "/userinfo",
            log_out: Some("/v2/logout"),
            ..Paths::NONE
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

    /// "Get Refresh Tokens" in its documentation. Rotation is a setting, off by default.
    fn gives_refresh_token(&self, request: &Parameters) -> bool {
        request.lists("scope", "offline_access")
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        let (status, error, description) = match refusal {
            Refusal::SecretMismatch => (StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized"),
            Refusal::CodeNotValid => (StatusCode::FORBIDDEN, "invalid_grant", "Invalid authorization code"),
            Refusal::RefreshTokenNotValid => {
                (StatusCode::FORBIDDEN, "invalid_grant", "Unknown or invalid refresh token.")
            }
            refusal => return rfc6749::refusal(refusal),
        };
        (status, json!({ "error": error, "error_description": description }))
    }
}
