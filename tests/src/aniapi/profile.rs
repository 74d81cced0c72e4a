//! "Who am I": the one endpoint of AniAPI that the app itself calls, from a browser.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::envelope::Envelope;
use super::jwt;
use super::people::Person;
use super::provider::Provider;

/// `GET` with a bearer token (RFC 6750, 2.1): the person whose token it is.
pub(super) async fn me(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    let mut response = answer(&provider, &headers);
    allow_any_origin(&mut response);
    response
}

/// `OPTIONS`: `Authorization` is not a header that a page may send unasked, so the browser asks
/// first. A `*` would not cover it; AniAPI's server repeats what was asked for.
pub(super) async fn preflight(headers: HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    for (asked, allowed) in [
        (header::ACCESS_CONTROL_REQUEST_HEADERS, header::ACCESS_CONTROL_ALLOW_HEADERS),
        (header::ACCESS_CONTROL_REQUEST_METHOD, header::ACCESS_CONTROL_ALLOW_METHODS),
    ] {
        if let Some(value) = headers.get(asked) {
            response.headers_mut().insert(allowed, value.clone());
        }
    }
    allow_any_origin(&mut response);
    response
}

/// Lets a page of any origin read an answer.
pub(super) fn allow_any_origin(response: &mut Response) {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
}

fn answer(provider: &Provider, headers: &HeaderMap) -> Response {
    let person = bearer(headers).and_then(|token| jwt::verify(token, provider.clock.now())).and_then(Person::by_id);
    let Some(person) = person else {
        return unauthorized("You need to authenticate yourself to have access on this path");
    };
    if !person.email_verified {
        return unauthorized("You need to verify your email first");
    }
    let greeting = format!("Hi {}", person.username);
    Envelope::success(greeting, person.profile(&provider.url)).into_response()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ")
}

fn unauthorized(reason: &str) -> Response {
    Envelope::new(401, "Not authorized").with_data(reason).with_status()
}
