//! Trakt (<https://github.com/trakt/trakt-api>). Token requests are JSON, `Basic` is rejected, and PKCE with S256 is
//! required. Its API requires its version and the client's id in headers.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, Uri, header};
use serde_json::{Value, json};

use super::doorkeeper;
use crate::behaviour::Behaviour;
use crate::parameters::Parameters;
use crate::paths::Paths;
use crate::people::Person;
use crate::provider::Granted;
use crate::rfc6749::pkce::Challenge;
use crate::tokens::Renewal;

pub(crate) struct Trakt;

impl Behaviour for Trakt {
    fn id(&self) -> &'static str {
        "trakt"
    }

    fn name(&self) -> &'static str {
        "Trakt"
    }

    fn paths(&self) -> Paths {
        Paths {
            authorize: "/oauth/authorize",
            token: "/oauth/token",
            profile: "/users/settings",
            api: "",
            ..Paths::NONE
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("emulator-trakt-client", "emulator-trakt-secret")
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(7 * 24 * 60 * 60)
    }

    fn challenge(&self, request: &Parameters) -> Result<Option<Challenge>, &'static str> {
        Challenge::s256(request)
    }

    fn reads(&self, headers: &HeaderMap) -> bool {
        !headers.contains_key(header::AUTHORIZATION)
            && headers.get(header::CONTENT_TYPE).is_some_and(|value| value == "application/json")
    }

    fn renewal(&self) -> Renewal {
        Renewal::Rotates
    }

    fn token(&self, granted: &Granted) -> Value {
        doorkeeper::token(granted, "public")
    }

    fn turns_away(&self, headers: &HeaderMap, _: &Uri) -> Option<(StatusCode, Value)> {
        let has = |name: &str, value: &str| headers.get(name).is_some_and(|found| found == value);
        let is_good = has("trakt-api-version", "2") && has("trakt-api-key", self.client().0);
        (!is_good).then_some((StatusCode::FORBIDDEN, json!({})))
    }

    fn profile(&self, person: &Person, url: &str) -> Value {
        let images = json!({ "avatar": { "full": person.avatar(url) } });
        json!({ "user": { "username": person.username, "name": person.username, "vip": false, "images": images } })
    }
}
