//! Annict, which uses doorkeeper (<https://github.com/annict/annict>). Its access tokens do not expire.

use axum::http::StatusCode;
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

pub(crate) struct Annict;

impl Behaviour for Annict {
    fn id(&self) -> &'static str {
        "annict"
    }

    fn name(&self) -> &'static str {
        "Annict"
    }

    fn paths(&self) -> Paths {
        Paths {
            authorize: "/oauth/authorize",
            token: "/oauth/token",
            profile: "/v1/me",
            revoke: Revoke::Rfc7009("/oauth/revoke"),
            api: "",
            ..Paths::NONE
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("emulator-annict-client", "emulator-annict-secret")
    }

    fn challenge(&self, _: &Parameters) -> Result<Option<Challenge>, &'static str> {
        Ok(None)
    }

    fn tokens_end(&self) -> bool {
        false
    }

    fn gives_refresh_token(&self, _: &Parameters) -> bool {
        false
    }

    fn renewal(&self) -> Renewal {
        Renewal::Rotates
    }

    fn token(&self, granted: &Granted) -> Value {
        let mut answer = doorkeeper::token(granted, "read");
        answer["token_type"] = "bearer".into();
        answer
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        doorkeeper::refusal(refusal)
    }

    fn profile(&self, person: &Person, url: &str) -> Value {
        json!({ "username": person.username, "name": person.username, "avatar_url": person.avatar(url) })
    }
}
