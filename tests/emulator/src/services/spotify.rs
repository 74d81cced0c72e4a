//! Spotify (<https://developer.spotify.com/documentation/web-api/tutorials/code-flow>). All its errors have HTTP 400,
//! and a wrong redirect URI is an invalid grant (<https://github.com/spotify/web-api/issues/514>).

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

pub(crate) struct Spotify;

impl Behaviour for Spotify {
    fn id(&self) -> &'static str {
        "spotify"
    }

    fn name(&self) -> &'static str {
        "Spotify"
    }

    fn paths(&self) -> Paths {
        Paths { authorize: "/authorize", token: "/api/token", profile: "/v1/me", api: "/v1", ..Paths::NONE }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("5fe01282e44241328a84e7c5cc169165", "emulator-spotify-secret")
    }

    fn challenge(&self, request: &Parameters) -> Result<Option<Challenge>, &'static str> {
        Challenge::s256_or_none(request)
    }

    /// <https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration>: six months from the login.
    fn refresh_lifetime(&self) -> Option<Duration> {
        Some(Duration::from_secs(182 * 24 * 60 * 60))
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        let (error, description) = match refusal {
            Refusal::ClientNotFound => ("invalid_client", "Invalid client"),
            Refusal::SecretMismatch => ("invalid_client", "Invalid client secret"),
            Refusal::RedirectMismatch => ("invalid_grant", "Invalid redirect URI"),
            Refusal::CodeNotValid => ("invalid_grant", "Invalid authorization code"),
            Refusal::RefreshTokenNotValid => ("invalid_grant", "Refresh token revoked"),
            refusal => return rfc6749::refusal(refusal),
        };
        (StatusCode::BAD_REQUEST, json!({ "error": error, "error_description": description }))
    }

    fn profile(&self, person: &Person, url: &str) -> Value {
        let images: Vec<_> = person.avatar(url).into_iter().map(|url| json!({ "url": url, "height": null })).collect();
        json!({ "display_name": person.username, "id": person.id.to_string(), "images": images, "type": "user" })
    }
}
