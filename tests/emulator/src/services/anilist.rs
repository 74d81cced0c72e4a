//! AniList ("Authorization Code Grant", <https://docs.anilist.co/guide/auth/authorization-code>).
//!
//! The token endpoint accepts JSON, as its documentation shows it, and a form, as other clients send it. The access
//! token is a JWT for a year; there is a refresh token, but it cannot be used for a renewal. The profile is a GraphQL
//! query by `POST`, and an invalid token gets HTTP 400 there, not 401 (<https://github.com/z411/trackma/issues/555>).
//! The documentation does not mention PKCE.
//!
//! Its errors are those of the PHP League's server: a code that it cannot read is an `invalid_request`
//! (<https://github.com/joshstar/AniList-API-Docs/issues/153>). API requests without a `Referer` are rejected
//! (<https://github.com/lawrenceli0228/animego/pull/170>).

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, Uri, header};
use serde_json::{Value, json};

use super::league;
use crate::behaviour::Behaviour;
use crate::parameters::Parameters;
use crate::paths::Paths;
use crate::people::Person;
use crate::refusal::Refusal;
use crate::rfc6749::pkce::Challenge;
use crate::tokens::Renewal;

pub(crate) struct AniList;

impl Behaviour for AniList {
    fn id(&self) -> &'static str {
        "anilist"
    }

    fn name(&self) -> &'static str {
        "AniList"
    }

    fn paths(&self) -> Paths {
        Paths {
            authorize: "/api/v2/oauth/authorize",
            token: "/api/v2/oauth/token",
            // At the real service it is on another host.
            profile: "/",
            api: "",
            ..Paths::NONE
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("40417", "Wq7RkZ0vYd3TnLx5Hs9JcGb2MfPa8UeKtVi4oXrE")
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(365 * 24 * 60 * 60)
    }

    /// Unknown parameters are ignored.
    fn challenge(&self, _: &Parameters) -> Result<Option<Challenge>, &'static str> {
        Ok(None)
    }

    /// According to the documentation, which contradicts that it issues them.
    fn takes_refresh_tokens(&self) -> bool {
        false
    }

    fn renewal(&self) -> Renewal {
        Renewal::Rotates
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
