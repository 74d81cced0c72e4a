//! What the servers of doorkeeper have in common (<https://github.com/doorkeeper-gem/doorkeeper/tree/v5.6.6>).

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::provider::{Issued, Provider};
use crate::refusal::Refusal;
use crate::rfc6749;

const GRANT: &str = "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in \
                     the authorization request, or was issued to another client.";

const CLIENT: &str = "Client authentication failed due to unknown client, no client authentication included, or unsupported \
                      authentication method.";

pub(super) fn token(provider: &Provider, issued: &Issued, scope: &str) -> Value {
    json!({
        "access_token": provider.issue_token(issued.person),
        "token_type": "Bearer",
        "expires_in": provider.token_lifetime.as_secs(),
        "refresh_token": provider.issue_refresh_token(),
        "scope": scope,
        "created_at": issued.at.as_secs(),
    })
}

pub(super) fn refusal(refusal: Refusal) -> (StatusCode, Value) {
    let (status, mut answer) = rfc6749::refusal(refusal);
    match refusal {
        Refusal::ClientNotFound | Refusal::SecretMismatch => answer["error_description"] = CLIENT.into(),
        Refusal::RedirectMismatch | Refusal::CodeNotValid => answer["error_description"] = GRANT.into(),
        Refusal::MissingField | Refusal::SomethingBad => {}
    }
    (status, answer)
}
