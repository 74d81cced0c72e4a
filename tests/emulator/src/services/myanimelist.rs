//! MyAnimeList ("MyAnimeList authorization", <https://myanimelist.net/apiconfig/references/authorization>).
//!
//! PKCE is required, and of its methods `plain` alone is taken. The client shows its secret in the body or in the header.
//! A token lasts an hour, and the refresh token beside it a month. No page may ask who it is: there are no CORS headers.
//! Its refusals are those of the PHP League's server (<https://github.com/kodjodevf/mangayomi/pull/534>).

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::league;
use crate::fault::Endpoint;
use crate::parameters::Parameters;
use crate::people::Person;
use crate::refusal::Refusal;
use crate::rfc6749::pkce::Challenge;
use crate::service::Ways;

pub(crate) struct MyAnimeList;

impl Ways for MyAnimeList {
    fn id(&self) -> &'static str {
        "myanimelist"
    }

    fn name(&self) -> &'static str {
        "MyAnimeList"
    }

    fn path(&self, at: Endpoint) -> &'static str {
        match at {
            Endpoint::Authorize => "/v1/oauth2/authorize",
            Endpoint::Token => "/v1/oauth2/token",
            Endpoint::Profile => "/v2/users/@me",
        }
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
