//! The authorization endpoint (RFC 6749, 3.1): the login page, and the way back from it.
//!
//! What waits for the person is the page's own address, so tabs do not disturb each other.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::pkce::Challenge;
use crate::emulator::page::{self, Posted};
use crate::emulator::parameters::Parameters;
use crate::emulator::people::Person;
use crate::emulator::provider::Provider;
use crate::emulator::refusal::Refusal;

/// `GET`: the login page.
pub(super) async fn page(State(provider): State<Arc<Provider>>, uri: Uri) -> Response {
    match check(&provider, &Parameters::of(&uri)) {
        Ok(_) => page::login(provider.service).into_response(),
        Err(refused) => refused,
    }
}

/// `POST`: what the person has done on that page; the answer says where the page goes.
pub(super) async fn login(State(provider): State<Arc<Provider>>, uri: Uri, body: Bytes) -> Response {
    let request = match check(&provider, &Parameters::of(&uri)) {
        Ok(request) => request,
        Err(refused) => return refused,
    };
    match Posted::read(&body) {
        Some(Posted::Denial { deny: true }) => page::go_to(&request.callback(&provider.ways().denial())),
        Some(Posted::Credentials { email, password }) => match Person::known(&email, &password) {
            Some(person) => {
                let Request { redirect_uri, challenge, .. } = request.clone();
                let code = provider.issue_code(person, redirect_uri, challenge);
                page::go_to(&request.callback(&[("code", &code)]))
            }
            None => page::stay("Credentials are not valid"),
        },
        Some(Posted::Denial { deny: false }) | None => page::stay("Missing required field"),
    }
}

/// A request of RFC 6749, 4.1.1, that may be answered at its redirect address.
#[derive(Clone)]
struct Request {
    redirect_uri: String,
    state: Option<String>,
    challenge: Option<Challenge>,
}

impl Request {
    /// The redirect address with an answer and the state, each encoded (4.1.2).
    fn callback(&self, answer: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(answer);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        format!("{}?{}", self.redirect_uri, query.finish())
    }
}

fn check(provider: &Provider, parameters: &Parameters) -> Result<Request, Response> {
    let ways = provider.ways();
    let (client_id, _) = ways.client();
    if parameters.first("client_id") != Some(client_id) {
        return Err(ways.cannot_send_back(provider, parameters, Refusal::ClientNotFound));
    }
    // The client has one, so it need not be named (3.1.2.3).
    let redirect_uri = parameters.first("redirect_uri").unwrap_or(&provider.redirect_uri);
    if redirect_uri != provider.redirect_uri {
        return Err(ways.cannot_send_back(provider, parameters, Refusal::RedirectMismatch));
    }
    let state = parameters.first("state").map(str::to_owned);
    let mut request = Request { redirect_uri: redirect_uri.to_owned(), state, challenge: None };
    // From here on the client is told, at its own address (4.1.2.1).
    let refused = |error, why| {
        let answer = [("error", error), ("error_description", why)];
        Redirect::to(&request.callback(&answer)).into_response()
    };
    match parameters.first("response_type") {
        Some("code") => {}
        None if !ways.wants_types() => {}
        None => return Err(refused("invalid_request", "response_type is missing")),
        Some(_) => return Err(refused("unsupported_response_type", "response_type must be code")),
    }
    let challenge = ways.challenge(parameters).map_err(|why| refused("invalid_request", why))?;
    request.challenge = challenge;
    Ok(request)
}
