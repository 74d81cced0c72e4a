//! Bangumi (<https://github.com/bangumi/api/blob/master/docs-raw/How-to-Auth.md>). A code expires after a minute. Its
//! errors are those of oauth2-server-php, all with HTTP 400
//! (<https://github.com/kookxiang/jellyfin-plugin-bangumi/issues/14>).

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::parameters::Parameters;
use crate::paths::Paths;
use crate::people::Person;
use crate::provider::Granted;
use crate::refusal::Refusal;
use crate::rfc6749::pkce::Challenge;
use crate::tokens::Renewal;

pub(crate) struct Bangumi;

impl Behaviour for Bangumi {
    fn id(&self) -> &'static str {
        "bangumi"
    }

    fn name(&self) -> &'static str {
        "Bangumi"
    }

    fn paths(&self) -> Paths {
        Paths { authorize: "/oauth/authorize", token: "/oauth/access_token", profile: "/v0/me", api: "", ..Paths::NONE }
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

    fn renewal(&self) -> Renewal {
        Renewal::Rotates
    }

    fn token(&self, granted: &Granted) -> Value {
        let mut answer = granted.answer();
        answer["scope"] = Value::Null;
        answer["user_id"] = granted.person.id.into();
        answer
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        let (error, description) = match refusal {
            Refusal::MissingField => ("invalid_request", "Missing parameter: \"code\" is required"),
            Refusal::ClientNotFound | Refusal::SecretMismatch => {
                ("invalid_client", "The client credentials are invalid")
            }
            Refusal::RedirectMismatch => ("redirect_uri_mismatch", "The redirect URI is missing or do not match"),
            Refusal::CodeNotValid => ("invalid_grant", "Authorization code doesn't exist or is invalid for the client"),
            Refusal::RefreshTokenNotValid => ("invalid_grant", "Invalid refresh token"),
            Refusal::GrantTypeUnsupported => ("unsupported_grant_type", "Grant type \"refresh_token\" not supported"),
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
