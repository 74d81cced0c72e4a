//! Who a token belongs to (RFC 6750).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use crate::cors;
use crate::provider::{Provider, bearer};

/// The person whose token it is, or that it is none.
pub(super) async fn who(State(provider): State<Arc<Provider>>, uri: Uri, headers: HeaderMap) -> Response {
    let ways = provider.ways();
    let person = bearer(&headers).and_then(|token| ways.holder(&provider, token));
    let (status, answer) = match (ways.turns_away(&headers, &uri), person) {
        (Some(answer), _) => answer,
        (None, Some(person)) => (StatusCode::OK, ways.profile(person, &provider.url)),
        (None, None) => ways.unauthorized(),
    };
    let mut response = (status, Json(answer)).into_response();
    if ways.lets_pages_ask() {
        cors::allow_any_origin(&mut response);
    }
    response
}

/// `OPTIONS`, as a browser asks before it sends `Authorization`.
pub(super) async fn preflight(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    if provider.ways().lets_pages_ask() {
        cors::preflight(headers).await
    } else {
        StatusCode::METHOD_NOT_ALLOWED.into_response()
    }
}
