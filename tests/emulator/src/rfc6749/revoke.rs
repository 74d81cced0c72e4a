//! The revocation endpoint (RFC 7009).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::client::authenticate;
use crate::behaviour::Behaviour;
use crate::parameters::Parameters;
use crate::provider::Provider;
use crate::refusal::Refusal;

/// `POST`: revokes a refresh token with its family, or an access token.
pub(super) async fn revoke(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: Bytes) -> Response {
    let behaviour = provider.behaviour();
    let form = Parameters::of_body(&headers, &body);
    let token = match check(behaviour, &headers, &form) {
        Ok(token) => token,
        Err(refusal) => return behaviour.answer(&headers, behaviour.revocation_refusal(refusal)),
    };
    match (provider.revoke(token), behaviour.unknown_token()) {
        (false, Some(refused)) => behaviour.answer(&headers, refused),
        // Revoking an unknown token succeeds: the client could not do anything about it (2.2).
        (true | false, _) => {
            provider.counters.count_revocation();
            StatusCode::OK.into_response()
        }
    }
}

fn check<'form>(
    behaviour: &dyn Behaviour,
    headers: &HeaderMap,
    form: &'form Parameters,
) -> Result<&'form str, Refusal> {
    if !behaviour.reads(headers) {
        return Err(Refusal::MissingField);
    }
    if behaviour.revocation_wants_secret() {
        authenticate(behaviour, headers, form)?;
    } else if form.first("client_id") != Some(behaviour.client().0) {
        return Err(Refusal::ClientNotFound);
    }
    form.first("token").ok_or(Refusal::MissingField)
}
