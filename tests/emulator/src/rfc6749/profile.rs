//! The profile of the person to whom a token belongs (RFC 6750).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use crate::cors;
use crate::provider::{Provider, bearer};

/// The person's profile, or the error response for an invalid token.
pub(super) async fn who(State(provider): State<Arc<Provider>>, uri: Uri, headers: HeaderMap) -> Response {
    let behaviour = provider.behaviour();
    let person = bearer(&headers).and_then(|token| provider.holder(token));
    let (status, answer) = match (behaviour.turns_away(&headers, &uri), person) {
        (Some(answer), _) => answer,
        (None, Some(person)) => (StatusCode::OK, behaviour.profile(person, &provider.url)),
        (None, None) => behaviour.unauthorized(),
    };
    let mut response = (status, Json(answer)).into_response();
    if behaviour.lets_pages_ask() {
        cors::allow_any_origin(&mut response);
    }
    response
}

/// `OPTIONS`: the preflight that browsers send before a request with `Authorization`.
pub(super) async fn preflight(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    if provider.behaviour().lets_pages_ask() {
        cors::preflight(headers).await
    } else {
        StatusCode::METHOD_NOT_ALLOWED.into_response()
    }
}
