//! Bangumi (<https://github.com/bangumi/api/blob/master/docs-raw/How-to-Auth.md>). A code lives for a minute. Its refusals are
//! those of oauth2-server-php, all of them HTTP 400 (<https://github.com/kookxiang/jellyfin-plugin-bangumi/issues/14>).

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::fault::Endpoint;
use crate::parameters::Parameters;
use crate::people::Person;
use crate::provider::{Issued, Provider};
use crate::refusal::Refusal;
use crate::rfc6749::pkce::Challenge;
use crate::service::Ways;

pub(crate) struct Bangumi;

impl Ways for Bangumi {
    fn id(&self) -> &'static str {
        "bangumi"
    }

    fn name(&self) -> &'static str {
        "Bangumi"
    }

    fn path(&self, at: Endpoint) -> &'static str {
        match at {
            Endpoint::Authorize => "/oauth/authorize",
            Endpoint::Token => "/oauth/access_token",
            Endpoint::Profile => "/v0/me",
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("bgm1234567890emulator", "emulator-bangumi-secret")
    }

    fn code_lifetime(&self) -> Duration {
        Duration::from_secs(60)
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(7 * 24 * 60 * 60)
    }

    fn challenge(&self, _: &Parameters) -> Result<Option<Challenge>, &'static str> {
        Ok(None)
    }

    fn token(&self, provider: &Provider, issued: &Issued) -> Value {
        json!({
            "access_token": provider.issue_token(issued.person),
            "expires_in": provider.token_lifetime.as_secs(),
            "token_type": "Bearer",
            "scope": null,
            "refresh_token": provider.issue_refresh_token(),
            "user_id": issued.person.id,
        })
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        let (error, description) = match refusal {
            Refusal::MissingField => ("invalid_request", "Missing parameter: \"code\" is required"),
            Refusal::ClientNotFound | Refusal::SecretMismatch => {
                ("invalid_client", "The client credentials are invalid")
            }
            Refusal::RedirectMismatch => ("redirect_uri_mismatch", "The redirect URI is missing or do not match"),
            Refusal::CodeNotValid => ("invalid_grant", "Authorization code doesn't exist or is invalid for the client"),
            Refusal::SomethingBad => return (StatusCode::INTERNAL_SERVER_ERROR, json!({})),
        };
        (StatusCode::BAD_REQUEST, json!({ "error": error, "error_description": description }))
    }

    fn profile(&self, person: &Person, url: &str) -> Value {
        let avatar = json!({ "large": person.avatar(url), "small": person.avatar(url) });
        json!({ "id": person.id, "username": "1", "nickname": person.username, "user_group": 10, "avatar": avatar })
    }

    fn unauthorized(&self) -> (StatusCode, Value) {
        let description = "access token has been expired or doesn't exist";
        (StatusCode::UNAUTHORIZED, json!({ "title": "Unauthorized", "details": {}, "description": description }))
    }
}
