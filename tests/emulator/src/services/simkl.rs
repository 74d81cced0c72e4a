//! Simkl, version 2 (<https://github.com/cenodude/CrossWatch/blob/HEAD/providers/auth/_auth_SIMKL.py>). PKCE with S256
//! is required, token requests are forms, authorization responses have `iss`, and its API requires the client's id in
//! the query.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, Uri, header};
use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::parameters::Parameters;
use crate::paths::{Paths, Revoke};
use crate::people::Person;
use crate::rfc6749::pkce::Challenge;

pub(crate) struct Simkl;

impl Behaviour for Simkl {
    fn id(&self) -> &'static str {
        "simkl"
    }

    fn name(&self) -> &'static str {
        "Simkl"
    }

    fn paths(&self) -> Paths {
        Paths {
            authorize: "/oauth2/authorize",
            token: "/oauth2/token",
            profile: "/users/settings",
            revoke: Revoke::Rfc7009("/oauth2/revoke"),
            api: "",
            ..Paths::NONE
        }
    }

    fn client(&self) -> (&'static str, &'static str) {
        ("emulator-simkl-client", "emulator-simkl-secret")
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(7 * 24 * 60 * 60)
    }

    fn issuer(&self, url: &str) -> Option<String> {
        Some(url.to_owned())
    }

    fn challenge(&self, request: &Parameters) -> Result<Option<Challenge>, &'static str> {
        Challenge::s256(request)
    }

    fn reads(&self, headers: &HeaderMap) -> bool {
        let form = "application/x-www-form-urlencoded";
        !headers.contains_key(header::AUTHORIZATION)
            && headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(form.as_bytes()))
    }

    fn profile_query(&self) -> String {
        format!("?client_id={}", self.client().0)
    }

    fn turns_away(&self, _: &HeaderMap, uri: &Uri) -> Option<(StatusCode, Value)> {
        let is_known = Parameters::of(uri).first("client_id") == Some(self.client().0);
        let message = "Your client_id is wrong. Try another one";
        let answer = json!({ "error": "client_id_failed", "code": 412, "message": message });
        (!is_known).then_some((StatusCode::PRECONDITION_FAILED, answer))
    }

    fn profile(&self, person: &Person, url: &str) -> Value {
        let user = json!({ "name": person.username, "avatar": person.avatar(url) });
        json!({ "user": user, "account": { "id": person.id, "type": "free" } })
    }

    fn unauthorized(&self) -> (StatusCode, Value) {
        (StatusCode::UNAUTHORIZED, json!({ "error": "user_token_failed", "code": 401 }))
    }
}
