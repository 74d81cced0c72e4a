//! Twitch (<https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/>). The client's secret can only be in the
//! body (<https://github.com/nextauthjs/next-auth/issues/6363>). `scope` is a list, and errors have a message in place
//! of an error code (<https://github.com/nicklaw5/helix/blob/main/authentication_test.go>). Its API requires the
//! client's id in a header.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, Uri, header};
use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::parameters::Parameters;
use crate::paths::{Paths, Revoke};
use crate::people::Person;
use crate::provider::Granted;
use crate::refusal::Refusal;
use crate::rfc6749::pkce::Challenge;

pub(crate) struct Twitch;

impl Behaviour for Twitch {
    fn id(&self) -> &'static str {
        "twitch"
    }

    fn name(&self) -> &'static str {
        "Twitch"
    }

    fn paths(&self) -> Paths {
        Paths {
            authorize: "/oauth2/authorize",
            token: "/oauth2/token",
            profile: "/helix/users",
            revoke: Revoke::Rfc7009("/oauth2/revoke"),
            api: "/helix",
            ..Paths::NONE
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

    fn token(&self, granted: &Granted) -> Value {
        let mut answer = granted.answer();
        answer["scope"] = json!([]);
        answer["token_type"] = "bearer".into();
        answer
    }

    /// <https://dev.twitch.tv/docs/authentication/revoke-tokens/>, also for the following methods.
    fn revocation_wants_secret(&self) -> bool {
        false
    }

    fn revocation_refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        match refusal {
            Refusal::ClientNotFound => {
                (StatusCode::NOT_FOUND, json!({ "status": 404, "message": "client does not exist" }))
            }
            refusal => self.refusal(refusal),
        }
    }

    fn unknown_token(&self) -> Option<(StatusCode, Value)> {
        Some((StatusCode::BAD_REQUEST, json!({ "status": 400, "message": "Invalid token" })))
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
            // <https://dev.twitch.tv/docs/authentication/refresh-tokens/>
            Refusal::RefreshTokenNotValid => {
                let answer = json!({ "error": "Bad Request", "status": 400, "message": "Invalid refresh token" });
                return (StatusCode::BAD_REQUEST, answer);
            }
            Refusal::GrantTypeUnsupported => (StatusCode::BAD_REQUEST, "unsupported grant type"),
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
