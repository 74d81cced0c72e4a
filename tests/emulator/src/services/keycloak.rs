//! Keycloak, a realm of it (<https://github.com/keycloak/keycloak>). The callback has `iss`, a wrong secret is
//! `unauthorized_client` (<https://github.com/Stirling-Tools/Stirling-PDF/issues/6567>), and a token lasts five minutes.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::fault::Endpoint;
use crate::refusal::Refusal;
use crate::rfc6749;
use crate::service::Ways;

pub(crate) struct Keycloak;

impl Ways for Keycloak {
    fn id(&self) -> &'static str {
        "keycloak"
    }

    fn name(&self) -> &'static str {
        "Keycloak"
    }

    fn base_path(&self) -> Option<&'static str> {
        Some("/realms/demo")
    }

    fn path(&self, at: Endpoint) -> &'static str {
        match at {
            Endpoint::Authorize => "/realms/demo/protocol/openid-connect/auth",
            Endpoint::Token => "/realms/demo/protocol/openid-connect/token",
            Endpoint::Profile => "/realms/demo/protocol/openid-connect/userinfo",
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

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        let (status, error, description) = match refusal {
            Refusal::SecretMismatch => {
                (StatusCode::UNAUTHORIZED, "unauthorized_client", "Invalid client or Invalid client credentials")
            }
            Refusal::RedirectMismatch => (StatusCode::BAD_REQUEST, "invalid_grant", "Incorrect redirect_uri"),
            Refusal::CodeNotValid => (StatusCode::BAD_REQUEST, "invalid_grant", "Code not valid"),
            refusal => return rfc6749::refusal(refusal),
        };
        (status, json!({ "error": error, "error_description": description }))
    }
}
