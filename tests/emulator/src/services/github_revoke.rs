//! Revocation at GitHub ("Delete an app token", <https://docs.github.com/en/rest/apps/oauth-applications>).

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;

use crate::provider::Provider;
use crate::rfc6749::client::basic;

#[derive(Deserialize)]
struct Order {
    access_token: String,
}

/// `DELETE /applications/{client_id}/token`; the client's id and secret are in the header without encoding (RFC 7617).
pub(super) async fn revoke(
    State(provider): State<Arc<Provider>>,
    Path(client_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (id, secret) = provider.behaviour().client();
    if basic(&headers) != Some((id.to_owned(), secret.to_owned())) {
        return refused(StatusCode::UNAUTHORIZED, "Bad credentials");
    }
    if client_id != id {
        return refused(StatusCode::NOT_FOUND, "Not Found");
    }
    let Ok(Order { access_token }) = serde_json::from_slice(&body) else {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed");
    };
    if provider.holder(&access_token).is_none() {
        return refused(StatusCode::NOT_FOUND, "Not Found");
    }
    provider.grants.revoke_access(&access_token);
    provider.counters.count_revocation();
    StatusCode::NO_CONTENT.into_response()
}

fn refused(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "message": message, "status": status.as_str() }))).into_response()
}
