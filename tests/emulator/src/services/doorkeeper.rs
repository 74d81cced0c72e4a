//! The common parts of servers that use doorkeeper (<https://github.com/doorkeeper-gem/doorkeeper/tree/v5.6.6>).

use axum::http::StatusCode;
use serde_json::Value;

use crate::provider::Granted;
use crate::refusal::Refusal;
use crate::rfc6749;

const GRANT: &str = "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in \
                     the authorization request, or was issued to another client.";

const CLIENT: &str = "Client authentication failed due to unknown client, no client authentication included, or unsupported \
                      authentication method.";

pub(super) fn token(granted: &Granted, scope: &str) -> Value {
    let mut answer = granted.answer();
    answer["scope"] = scope.into();
    answer["created_at"] = granted.at.as_secs().into();
    answer
}

pub(super) fn refusal(refusal: Refusal) -> (StatusCode, Value) {
    let (status, mut answer) = rfc6749::refusal(refusal);
    match refusal {
        Refusal::ClientNotFound | Refusal::SecretMismatch => answer["error_description"] = CLIENT.into(),
        Refusal::RedirectMismatch | Refusal::CodeNotValid | Refusal::RefreshTokenNotValid => {
            answer["error_description"] = GRANT.into();
        }
        Refusal::MissingField | Refusal::GrantTypeUnsupported | Refusal::SomethingBad => {}
    }
    (status, answer)
}
