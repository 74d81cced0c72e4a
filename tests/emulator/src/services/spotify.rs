//! Spotify (<https://developer.spotify.com/documentation/web-api/tutorials/code-flow>). Its refusals are all HTTP 400, and another
//! redirect URI is one of the code (<https://github.com/spotify/web-api/issues/514>).

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::fault::Endpoint;
use crate::parameters::Parameters;
use crate::people::Person;
use crate::refusal::Refusal;
use crate::rfc6749;
use crate::rfc6749::pkce::Challenge;
use crate::service::Ways;

pub(crate) struct Spotify;

impl Ways for Spotify {
    fn id(&self) -> &'static str {
        "spotify"
    }

    fn name(&self) -> &'static str {
        "Spotify"
    }

    fn path(&self, at: Endpoint) -> &'static str {
        match at {
            Endpoint::Authorize => "/authorize",
            Endpoint::Token => "/api/token",
            Endpoint::Profile => "/v1/me",
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("5fe01282e44241328a84e7c5cc169165", "emulator-spotify-secret")
    }

    fn challenge(&self, request: &Parameters) -> Result<Option<Challenge>, &'static str> {
        Challenge::s256_or_none(request)
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        let (error, description) = match refusal {
            Refusal::ClientNotFound => ("invalid_client", "Invalid client"),
            Refusal::SecretMismatch => ("invalid_client", "Invalid client secret"),
            Refusal::RedirectMismatch => ("invalid_grant", "Invalid redirect URI"),
            Refusal::CodeNotValid => ("invalid_grant", "Invalid authorization code"),
            refusal => return rfc6749::refusal(refusal),
        };
        (StatusCode::BAD_REQUEST, json!({ "error": error, "error_description": description }))
    }

    fn profile(&self, person: &Person, url: &str) -> Value {
        let images: Vec<_> = person.avatar(url).into_iter().map(|url| json!({ "url": url, "height": null })).collect();
        json!({ "display_name": person.username, "id": person.id.to_string(), "images": images, "type": "user" })
    }
}
