//! GitLab, a server of doorkeeper (<https://docs.gitlab.com/api/oauth2/>) with OpenID's UserInfo. A token lasts two hours.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::doorkeeper;
use crate::fault::Endpoint;
use crate::people::Person;
use crate::provider::{Issued, Provider};
use crate::refusal::Refusal;
use crate::service::Ways;

pub(crate) struct GitLab;

impl Ways for GitLab {
    fn id(&self) -> &'static str {
        "gitlab"
    }

    fn name(&self) -> &'static str {
        "GitLab"
    }

    fn base_path(&self) -> Option<&'static str> {
        Some("")
    }

    fn path(&self, at: Endpoint) -> &'static str {
        match at {
            Endpoint::Authorize => "/oauth/authorize",
            Endpoint::Token => "/oauth/token",
            Endpoint::Profile => "/oauth/userinfo",
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("emulator-gitlab-client", "gloas-emulator-gitlab-secret")
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(2 * 60 * 60)
    }

    fn token(&self, provider: &Provider, issued: &Issued) -> Value {
        doorkeeper::token(provider, issued, "openid profile")
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        doorkeeper::refusal(refusal)
    }

    fn profile(&self, person: &Person, url: &str) -> Value {
        let picture = person.avatar(url);
        json!({ "sub": person.id.to_string(), "name": person.username, "nickname": person.username, "picture": picture })
    }
}
