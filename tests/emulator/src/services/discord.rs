//! Discord (<https://github.com/discord/discord-api-docs/blob/main/developers/topics/oauth2.mdx>). A scope is required. A code
//! lives for 100 seconds. A wrong client is HTTP 400 (<https://github.com/reboxer/discord-oauth2/issues/91>).

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::fault::Endpoint;
use crate::parameters::Parameters;
use crate::people::Person;
use crate::refusal::Refusal;
use crate::rfc6749;
use crate::rfc6749::pkce::Challenge;
use crate::service::Ways;

pub(crate) struct Discord;

impl Ways for Discord {
    fn id(&self) -> &'static str {
        "discord"
    }

    fn name(&self) -> &'static str {
        "Discord"
    }

    fn path(&self, at: Endpoint) -> &'static str {
        match at {
            Endpoint::Authorize => "/oauth2/authorize",
            Endpoint::Token => "/api/oauth2/token",
            Endpoint::Profile => "/api/v10/users/@me",
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

    /// The picture would be at another host, and this person has none.
    fn profile(&self, person: &Person, _: &str) -> Value {
        json!({ "id": person.id.to_string(), "username": person.username, "global_name": null, "avatar": null })
    }

    fn unauthorized(&self) -> (StatusCode, Value) {
        (StatusCode::UNAUTHORIZED, json!({ "message": "401: Unauthorized", "code": 0 }))
    }
}
