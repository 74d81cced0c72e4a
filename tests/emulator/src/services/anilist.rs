//! AniList ("Authorization Code Grant", <https://docs.anilist.co/guide/auth/authorization-code>).
//!
//! The exchange takes JSON as its documentation shows it, and a form as others send it. The token is a JWT for a year; a
//! refresh token comes with it, though nothing renews by it. Who it is, is a GraphQL query by `POST`, and a token that is
//! not good gets HTTP 400 there, not 401 (<https://github.com/z411/trackma/issues/555>). There is no word of PKCE.
//!
//! Its refusals are those of the PHP League's server: a code that it cannot read is an `invalid_request`
//! (<https://github.com/joshstar/AniList-API-Docs/issues/153>). A request to its API without a `Referer` is turned away
//! (<https://github.com/lawrenceli0228/animego/pull/170>).

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, Uri, header};
use serde_json::{Value, json};

use super::league;
use crate::fault::Endpoint;
use crate::parameters::Parameters;
use crate::people::Person;
use crate::refusal::Refusal;
use crate::rfc6749::pkce::Challenge;
use crate::service::Ways;

pub(crate) struct AniList;

impl Ways for AniList {
    fn id(&self) -> &'static str {
        "anilist"
    }

    fn name(&self) -> &'static str {
        "AniList"
    }

    fn path(&self, at: Endpoint) -> &'static str {
        match at {
            Endpoint::Authorize => "/api/v2/oauth/authorize",
            Endpoint::Token => "/api/v2/oauth/token",
            // The real one has a host of its own for it.
            Endpoint::Profile => "/",
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("40417", "Wq7RkZ0vYd3TnLx5Hs9JcGb2MfPa8UeKtVi4oXrE")
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(365 * 24 * 60 * 60)
    }

    /// What it does not know it does not look at.
    fn challenge(&self, _: &Parameters) -> Result<Option<Challenge>, &'static str> {
        Ok(None)
    }

    fn refusal(&self, refusal: Refusal) -> (StatusCode, Value) {
        league::refusal(refusal)
    }

    fn turns_away(&self, headers: &HeaderMap, _: &Uri) -> Option<(StatusCode, Value)> {
        let message = "The AniList API has been temporarily disabled due to severe stability issues.";
        let answer = json!({ "errors": [{ "message": message, "status": 403 }], "data": null });
        (!headers.contains_key(header::REFERER)).then_some((StatusCode::FORBIDDEN, answer))
    }

    fn profile(&self, person: &Person, url: &str) -> Value {
        let avatar = json!({ "large": person.avatar(url) });
        json!({ "data": { "Viewer": { "id": person.id, "name": person.username, "avatar": avatar } } })
    }

    fn unauthorized(&self) -> (StatusCode, Value) {
        let error = json!({ "message": "Invalid token", "status": 400 });
        (StatusCode::BAD_REQUEST, json!({ "errors": [error], "data": { "Viewer": null } }))
    }
}
