//! Shikimori, which uses doorkeeper (<https://github.com/shikimori/shikimori>). Its API requires a `User-Agent`. An
//! access token lasts a day.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, Uri, header};
use serde_json::{Value, json};

use super::doorkeeper;
use crate::behaviour::Behaviour;
use crate::parameters::Parameters;
use crate::paths::{Paths, Revoke};
use crate::people::Person;
use crate::provider::Granted;
use crate::refusal::Refusal;
use crate::rfc6749::pkce::Challenge;
use crate::tokens::Renewal;

pub(crate) struct Shikimori;

impl Behaviour for Shikimori {
    fn id(&self) -> &'static str {
        "shikimori"
    }

    fn name(&self) -> &'static str {
        "Shikimori"
    }

    fn paths(&self) -> Paths {
        Paths {
            authorize: "/oauth/authorize",
            token: "/oauth/token",
            profile: "/api/users/whoami",
            revoke: Revoke::Rfc7009("/oauth/revoke"),
            api: "/api",
            ..Paths::NONE
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        (
            "bce7ad35b631293ff006be882496b29171792c8839b5094115268da7a97ca34c",
            "811459eada36b14ff0cf0cc353f8162e72a7d6e6c7930b647a5c587d1beffe68",
        )
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(24 * 60 * 60)
    }

    /// Its database has no column for a challenge.
    fn challenge(&self, _: &Parameters) -> Result<Option<Challenge>, &'static str> {
        Ok(None)
    }

    fn renewal(&self) -> Renewal {
        Renewal::Rotates
    }

    fn token(&self, granted: &Granted) -> Value {
        doorkeeper::token(granted, "user_rates")
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        doorkeeper::refusal(refusal)
    }

    fn turns_away(&self, headers: &HeaderMap, _: &Uri) -> Option<(StatusCode, Value)> {
        (!headers.contains_key(header::USER_AGENT)).then(|| (StatusCode::FORBIDDEN, json!({})))
    }

    fn profile(&self, person: &Person, url: &str) -> Value {
        let image = json!({ "x160": person.avatar(url), "x48": person.avatar(url) });
        json!({ "id": person.id, "nickname": person.username, "avatar": person.avatar(url), "image": image, "name": null })
    }
}
