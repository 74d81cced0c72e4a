//! The login that the page posts, and the resulting authorization response (RFC 6749, 4.1.2).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;

use super::authorize::{AuthorizationRequest, ResponseType, session};
use super::envelope::Envelope;
use super::refusal::envelope;
use crate::page::Posted;
use crate::people::Person;
use crate::provider::Provider;
use crate::refusal::Refusal;

/// `POST` to the authorization endpoint. The session's authorization request counts; the query of this request is
/// ignored.
pub(super) async fn login(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: Bytes) -> Envelope {
    let waiting = session(&headers).and_then(|session| provider.sessions.find(session, provider.clock.now()));
    let Some(request) = waiting else {
        return Envelope::new(400, "Bad request")
            .with_data("This login has expired. Go back to the app and start again");
    };
    let Some(Posted::Credentials { email, password }) = Posted::read(&body) else {
        return envelope(Refusal::MissingField);
    };

    let Some(person) = Person::known(&email, &password) else {
        return Envelope::new(401, "Invalid login").with_data("Credentials are not valid");
    };
    Envelope::success("Authentication done", redirect(&provider, &request, person))
}

fn redirect(provider: &Provider, request: &AuthorizationRequest, person: &'static Person) -> String {
    let AuthorizationRequest { response_type, redirect_uri, state } = request;
    // AniAPI does not encode `state`, so characters that are not safe in a URL arrive corrupted.
    match response_type {
        ResponseType::Code => {
            let code = provider.issue_code(person, redirect_uri.clone(), None, false);
            format!("{redirect_uri}?code={code}&state={state}")
        }
        ResponseType::Token => {
            let token = provider.issue_token(person);
            format!("{redirect_uri}#access_token={token}&state={state}")
        }
    }
}
