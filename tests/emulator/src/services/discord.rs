//! Discord (<https://github.com/discord/discord-api-docs/blob/main/developers/topics/oauth2.mdx>). A scope is required.
//! A code expires after 100 seconds. The error for wrong client credentials is HTTP 400
//! (<https://github.com/reboxer/discord-oauth2/issues/91>).

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::parameters::Parameters;
use crate::paths::Paths;
use crate::people::Person;
use crate::refusal::Refusal;
use crate::rfc6749;
use crate::rfc6749::pkce::Challenge;
use crate::tokens::Renewal;

pub(crate) struct Discord;

impl Behaviour for Discord {
    fn id(&self) -> &'static str {
        "discord"
    }

    fn name(&self) -> &'static str {
        "Discord"
    }

    fn paths(&self) -> Paths {
        Paths {
            authorize: "/oauth2/authorize",
            token: "/api/oauth2/token",
            profile: "/api/v10/users/@me",
            api: "/api/v10",
            ..Paths::NONE
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("157730590492196864", "emulator-discord-secret")
    }

    fn code_lifetime(&self) -> Duration {
        Duration::from_secs(100)
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(7 * 24 * 60 * 60)
    }

    fn wants_scope(&self) -> bool {
        true
    }

    fn challenge(&self, request: &Parameters) -> Result<Option<Challenge>, &'static str> {
        Challenge::s256_or_none(request)
    }

    fn renewal(&self) -> Renewal {
        Renewal::Rotates
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        match refusal {
            Refusal::ClientNotFound | Refusal::SecretMismatch => {
                (StatusCode::BAD_REQUEST, json!({ "error": "invalid_client" }))
            }
            Refusal::CodeNotValid => {
                let description = "Invalid \"code\" in request.";
                (StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant", "error_description": description }))
            }
            refusal => rfc6749::refusal(refusal),
        }
    }

    /// Pictures are on another host, and this person has none.
    fn profile(&self, person: &Person, _: &str) -> Value {
        json!({ "id": person.id.to_string(), "username": person.username, "global_name": null, "avatar": null })
    }

    fn unauthorized(&self) -> (StatusCode, Value) {
        (StatusCode::UNAUTHORIZED, json!({ "message": "401: Unauthorized", "code": 0 }))
    }
}
