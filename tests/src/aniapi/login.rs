//! The login that the page posts, and the address it is answered with (RFC 6749, 4.1.2).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;

use super::authorize::session;
use super::envelope::Envelope;
use super::people::Person;
use super::provider::{AuthorizationRequest, Provider, ResponseType};
use super::refusal::Refusal;

/// What the page sends, but for `g_recaptcha_response`, which nobody here can judge.
#[derive(Deserialize)]
struct Credentials {
    email: String,
    password: String,
}

/// `POST` to the authorization endpoint. What counts is the request of the session, not the
/// query that this one carries.
pub(super) async fn login(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: Bytes) -> Envelope {
    let waiting = session(&headers).and_then(|session| provider.sessions.find(session, provider.clock.now()));
    let Some(request) = waiting else {
        return Envelope::new(400, "Bad request")
            .with_data("Nothing waits for this login any more. Go back to the app and start again");
    };
    let Ok(credentials) = serde_json::from_slice::<Credentials>(&body) else {
        return Refusal::MissingField.envelope();
    };

    let person = Person::by_email(&credentials.email).filter(|person| person.password == credentials.password);
    let Some(person) = person else {
        return Envelope::new(401, "Invalid login").with_data("Credentials are not valid");
    };
    Envelope::success("Authentication done", redirect(&provider, &request, person))
}

fn redirect(provider: &Provider, request: &AuthorizationRequest, person: &Person) -> String {
    let AuthorizationRequest { response_type, redirect_uri, state } = request;
    // AniAPI does not encode `state`: what is not safe in a URL arrives broken.
    match response_type {
        ResponseType::Code => {
            let code = provider.issue_code(person);
            format!("{redirect_uri}?code={code}&state={state}")
        }
        ResponseType::Token => {
            let token = provider.issue_token(person);
            format!("{redirect_uri}#access_token={token}&state={state}")
        }
    }
}
