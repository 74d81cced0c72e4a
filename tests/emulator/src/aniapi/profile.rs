//! The profile: the one endpoint of AniAPI that the app itself calls, from a browser.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::envelope::Envelope;
use crate::cors::allow_any_origin;
use crate::people::Person;
use crate::provider::{Provider, bearer};

/// `GET` with a bearer token (RFC 6750, 2.1): the person to whom the token belongs.
pub(super) async fn me(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    let mut response = answer(&provider, &headers);
    allow_any_origin(&mut response);
    response
}

fn answer(provider: &Provider, headers: &HeaderMap) -> Response {
    let person = bearer(headers).and_then(|token| provider.holder(token));
    let Some(person) = person else {
        return unauthorized().with_status();
    };
    if !person.email_verified {
        return refused("You need to verify your email first").with_status();
    }
    let greeting = format!("Hi {}", person.username);
    Envelope::success(greeting, profile(person, &provider.url)).into_response()
}

/// A person's profile; `url` is the emulator's. Members without a value are left out.
fn profile(person: &Person, url: &str) -> Value {
    let mut profile = json!({
        "username": person.username,
        "email": person.email,
        "email_verified": person.email_verified,
        "role": person.role,
        "gender": 0,
        "has_anilist": false,
        "has_mal": false,
        "id": person.id,
    });
    if let Some(avatar) = person.avatar(url) {
        profile["avatar"] = json!(avatar);
        profile["localization"] = json!("en");
    }
    profile
}

/// The response to an invalid token.
pub(super) fn unauthorized() -> Envelope {
    refused("You need to authenticate yourself to have access on this path")
}

fn refused(reason: &str) -> Envelope {
    Envelope::new(401, "Not authorized").with_data(reason)
}
