//! MyAnimeList ("MyAnimeList authorization", <https://myanimelist.net/apiconfig/references/authorization>).
//!
//! PKCE is required, and only the method `plain` is supported. The client's secret can be in the body or in the header.
//! An access token lasts an hour, a refresh token a month. Pages cannot request the profile: there are no CORS headers.
//! Its errors are those of the PHP League's server (<https://github.com/kodjodevf/mangayomi/pull/534>).

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::league;
use crate::behaviour::Behaviour;
use crate::parameters::Parameters;
use crate::paths::Paths;
use crate::people::Person;
use crate::refusal::Refusal;
use crate::rfc6749::pkce::Challenge;
use crate::tokens::Renewal;

pub(crate) struct MyAnimeList;

impl Behaviour for MyAnimeList {
    fn id(&self) -> &'static str {
        "myanimelist"
    }

    fn name(&self) -> &'static str {
        "MyAnimeList"
    }

    fn paths(&self) -> Paths {
        Paths { authorize: "/v1/oauth2/authorize", token: "/v1/oauth2/token", profile: "/v2/users/@me", ..Paths::NONE }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("8d1c5f07b2e94a36a0f3c7d9e6514b28", "e0b64f1a93c7d258f6a1093be4d7c582716fae90d3b8425c6e1f7094ad82b35c")
    }

    fn challenge(&self, request: &Parameters) -> Result<Option<Challenge>, &'static str> {
        match Challenge::read(request)? {
            Some(Challenge::Plain(challenge)) => Ok(Some(Challenge::Plain(challenge))),
            Some(Challenge::S256(_)) => Err("Code challenge method must be `plain`"),
            None => Err("Code challenge must be provided"),
        }
    }

    fn renewal(&self) -> Renewal {
        Renewal::Rotates
    }

    fn refresh_lifetime(&self) -> Option<Duration> {
        Some(Duration::from_secs(31 * 24 * 60 * 60))
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        league::refusal(refusal)
    }

    fn lets_pages_ask(&self) -> bool {
        false
    }

    fn profile(&self, person: &Person, url: &str) -> Value {
        json!({ "id": person.id, "name": person.username, "picture": person.avatar(url) })
    }

    fn unauthorized(&self) -> (StatusCode, Value) {
        (StatusCode::UNAUTHORIZED, json!({ "error": "invalid_token", "message": "token is invalid" }))
    }
}
