//! GitLab, which uses doorkeeper (<https://docs.gitlab.com/api/oauth2/>), with OpenID Connect's UserInfo. An access
//! token lasts two hours.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::doorkeeper;
use crate::behaviour::Behaviour;
use crate::paths::{Paths, Revoke};
use crate::people::Person;
use crate::provider::Granted;
use crate::refusal::Refusal;
use crate::tokens::Renewal;

pub(crate) struct GitLab;

impl Behaviour for GitLab {
    fn id(&self) -> &'static str {
        "gitlab"
    }

    fn name(&self) -> &'static str {
        "GitLab"
    }

    fn base_path(&self) -> Option<&'static str> {
        Some("")
    }

    fn paths(&self) -> Paths {
        Paths {
            authorize: "/oauth/authorize",
            token: "/oauth/token",
            profile: "/oauth/userinfo",
            revoke: Revoke::Rfc7009("/oauth/revoke"),
            api: "/api/v4",
            ..Paths::NONE
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("emulator-gitlab-client", "gloas-emulator-gitlab-secret")
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(2 * 60 * 60)
    }

    fn renewal(&self) -> Renewal {
        Renewal::Rotates
    }

    /// A renewal revokes both earlier tokens ("Authorization code flow" in its documentation).
    fn renewal_ends_access_tokens(&self) -> bool {
        true
    }

    fn token(&self, granted: &Granted) -> Value {
        doorkeeper::token(granted, "openid profile")
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        doorkeeper::refusal(refusal)
    }

    fn profile(&self, person: &Person, url: &str) -> Value {
        let picture = person.avatar(url);
        json!({ "sub": person.id.to_string(), "name": person.username, "nickname": person.username, "picture": picture })
    }
}
