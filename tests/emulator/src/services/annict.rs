//! Annict, a server of doorkeeper (<https://github.com/annict/annict>). Its tokens do not end.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::doorkeeper;
use crate::fault::Endpoint;
use crate::parameters::Parameters;
use crate::people::Person;
use crate::provider::{Issued, Provider};
use crate::refusal::Refusal;
use crate::rfc6749::pkce::Challenge;
use crate::service::Ways;

pub(crate) struct Annict;

impl Ways for Annict {
    fn id(&self) -> &'static str {
        "annict"
    }

    fn name(&self) -> &'static str {
        "Annict"
    }

    fn path(&self, at: Endpoint) -> &'static str {
        match at {
            Endpoint::Authorize => "/oauth/authorize",
            Endpoint::Token => "/oauth/token",
            Endpoint::Profile => "/v1/me",
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("emulator-annict-client", "emulator-annict-secret")
    }

    fn challenge(&self, _: &Parameters) -> Result<Option<Challenge>, &'static str> {
        Ok(None)
    }

    fn token(&self, provider: &Provider, issued: &Issued) -> Value {
        let token = provider.issue_token(issued.person);
        json!({ "access_token": token, "token_type": "bearer", "scope": "read", "created_at": issued.at.as_secs() })
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        doorkeeper::refusal(refusal)
    }

    fn profile(&self, person: &Person, url: &str) -> Value {
        json!({ "username": person.username, "name": person.username, "avatar_url": person.avatar(url) })
    }
}
