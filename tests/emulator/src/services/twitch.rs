//! Twitch (<https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/>). The client shows its secret only in the body
//! (<https://github.com/nextauthjs/next-auth/issues/6363>). `scope` is a list, and a refusal has a message in place of an error
//! code (<https://github.com/nicklaw5/helix/blob/main/authentication_test.go>). Its API wants the client's id in a header.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, Uri, header};
use serde_json::{Value, json};

use crate::fault::Endpoint;
use crate::parameters::Parameters;
use crate::people::Person;
use crate::provider::{Issued, Provider};
use crate::refusal::Refusal;
use crate::rfc6749::pkce::Challenge;
use crate::service::Ways;

pub(crate) struct Twitch;

impl Ways for Twitch {
    fn id(&self) -> &'static str {
        "twitch"
    }

    fn name(&self) -> &'static str {
        "Twitch"
    }

    fn path(&self, at: Endpoint) -> &'static str {
        match at {
            Endpoint::Authorize => "/oauth2/authorize",
            Endpoint::Token => "/oauth2/token",
            Endpoint::Profile => "/helix/users",
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("uo6dggojyb8d6soh92zknwmi5ej1q2", "emulatortwitchsecret")
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(4 * 60 * 60)
    }

    fn challenge(&self, _: &Parameters) -> Result<Option<Challenge>, &'static str> {
        Ok(None)
    }

    fn reads(&self, headers: &HeaderMap) -> bool {
        !headers.contains_key(header::AUTHORIZATION)
    }

    fn token(&self, provider: &Provider, issued: &Issued) -> Value {
        json!({
            "access_token": provider.issue_token(issued.person),
            "expires_in": provider.token_lifetime.as_secs(),
            "refresh_token": provider.issue_refresh_token(),
            "scope": [],
            "token_type": "bearer",
        })
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        let (status, message) = match refusal {
            Refusal::MissingField => (StatusCode::BAD_REQUEST, "missing client id"),
            Refusal::ClientNotFound => (StatusCode::BAD_REQUEST, "invalid client"),
            Refusal::SecretMismatch => (StatusCode::FORBIDDEN, "invalid client secret"),
            Refusal::RedirectMismatch => {
                (StatusCode::BAD_REQUEST, "Parameter redirect_uri does not match registered URI")
            }
            Refusal::CodeNotValid => (StatusCode::BAD_REQUEST, "Invalid authorization code"),
            Refusal::SomethingBad => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Missing column authorization_id from item map[]")
            }
        };
        (status, json!({ "status": status.as_u16(), "message": message }))
    }

    fn turns_away(&self, headers: &HeaderMap, _: &Uri) -> Option<(StatusCode, Value)> {
        let is_good = headers.get("client-id").is_some_and(|id| id == self.client().0);
        let message = "Client ID and OAuth token do not match";
        let answer = json!({ "error": "Unauthorized", "status": 401, "message": message });
        (!is_good).then_some((StatusCode::UNAUTHORIZED, answer))
    }

    fn profile(&self, person: &Person, url: &str) -> Value {
        json!({ "data": [{
            "id": person.id.to_string(),
            "login": person.username,
            "display_name": person.username,
            "profile_image_url": person.avatar(url).unwrap_or_default(),
        }] })
    }

    fn unauthorized(&self) -> (StatusCode, Value) {
        let answer = json!({ "error": "Unauthorized", "status": 401, "message": "Invalid OAuth token" });
        (StatusCode::UNAUTHORIZED, answer)
    }
}
