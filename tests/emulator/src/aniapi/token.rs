//! The token endpoint (RFC 6749, 4.1.3, except that AniAPI takes its parameters from the query).

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::client::{guid, is_client, is_secret};
use super::envelope::Envelope;
use super::refusal::envelope;
use crate::parameters::Parameters;
use crate::provider::Provider;
use crate::refusal::Refusal;

/// `POST`: exchanges a code for a token. The code stays valid, for any client.
pub(super) async fn exchange(State(provider): State<Arc<Provider>>, uri: Uri) -> Response {
    match check(&provider, &Parameters::of(&uri)) {
        Ok(token) => Envelope::success("Code verified", token).into_response(),
        Err(Failure::Refused(refusal)) => envelope(refusal).into_response(),
        Err(Failure::MalformedGuid) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

enum Failure {
    Refused(Refusal),
    /// An exception that AniAPI does not catch, so there is no envelope.
    MalformedGuid,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

fn check(provider: &Provider, parameters: &Parameters) -> Result<String, Failure> {
    let field = |name| parameters.first(name).ok_or(Refusal::MissingField);
    let client_id = field("client_id")?;
    let client_secret = field("client_secret")?;
    let code = field("code")?;
    let redirect_uri = field("redirect_uri")?;

    if !is_client(guid(client_id).ok_or(Failure::MalformedGuid)?) {
        return Err(Refusal::ClientNotFound.into());
    }
    if !is_secret(guid(client_secret).ok_or(Failure::MalformedGuid)?) {
        return Err(Refusal::SecretMismatch.into());
    }
    if provider.redirect_uri != redirect_uri {
        return Err(Refusal::RedirectMismatch.into());
    }
    // The code is not consumed, and may have been issued to any client.
    let issued = provider.codes.find(code, provider.clock.now()).ok_or(Refusal::CodeNotValid)?;
    Ok(provider.issue_token_at(issued.person, issued.at))
}
