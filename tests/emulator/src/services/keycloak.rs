//! Keycloak, with one realm (<https://github.com/keycloak/keycloak>). Authorization responses have `iss`, the error for
//! a wrong secret is `unauthorized_client` (<https://github.com/Stirling-Tools/Stirling-PDF/issues/6567>), and an
//! access token lasts five minutes.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::paths::{Paths, Revoke};
use crate::refusal::Refusal;
use crate::rfc6749;
use crate::tokens::Renewal;

pub(crate) struct Keycloak;

impl Behaviour for Keycloak {
    fn id(&self) -> &'static str {
        "keycloak"
    }

    fn name(&self) -> &'static str {
        "Keycloak"
    }

    fn base_path(&self) -> Option<&'static str> {
        Some("/realms/demo")
    }

    fn paths(&self) -> Paths {
        Paths {
            authorize: "/realms/demo/protocol/openid-connect/auth",
            token: "/realms/demo/protocol/openid-connect/token",
            profile: "/realms/demo/protocol/openid-connect/userinfo",
            revoke: Revoke::Rfc7009("/realms/demo/protocol/openid-connect/revoke"),
            log_out: Some("/realms/demo/protocol/openid-connect/logout"),
            ..Paths::NONE
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("emulator-keycloak-client", "emulator-keycloak-secret")
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(5 * 60)
    }

    fn issuer(&self, url: &str) -> Option<String> {
        Some(format!("{url}/realms/demo"))
    }

    /// "Revoke Refresh Token" is off by default.
    fn renewal(&self) -> Renewal {
        Renewal::Adds
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        let (status, error, description) = match refusal {
            Refusal::SecretMismatch => {
                (StatusCode::UNAUTHORIZED, "unauthorized_client", "Invalid client or Invalid client credentials")
            }
            Refusal::RedirectMismatch => (StatusCode::BAD_REQUEST, "invalid_grant", "Incorrect redirect_uri"),
            Refusal::CodeNotValid => (StatusCode::BAD_REQUEST, "invalid_grant", "Code not valid"),
            Refusal::RefreshTokenNotValid => (StatusCode::BAD_REQUEST, "invalid_grant", "Token is not active"),
            refusal => return rfc6749::refusal(refusal),
        };
        (status, json!({ "error": error, "error_description": description }))
    }
}
