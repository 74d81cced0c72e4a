//! The authorization endpoint (RFC 6749, 3.1): the login page, and the authorization response.
//!
//! The authorization request stays in the page's address, so tabs do not affect each other.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::pkce::Challenge;
use crate::page::{self, Posted};
use crate::parameters::Parameters;
use crate::people::Person;
use crate::provider::Provider;
use crate::refusal::Refusal;

/// `GET`: the login page.
pub(super) async fn page(State(provider): State<Arc<Provider>>, uri: Uri) -> Response {
    let parameters = Parameters::of(&uri);
    match check(&provider, &parameters) {
        Ok(_) => page::login(provider.service).into_response(),
        Err(refused) => refused.respond(&provider, &parameters),
    }
}

/// `POST`: the person's action on that page. The response says where the page goes next.
pub(super) async fn login(State(provider): State<Arc<Provider>>, uri: Uri, body: Bytes) -> Response {
    let parameters = Parameters::of(&uri);
    let request = match check(&provider, &parameters) {
        Ok(request) => request,
        Err(refused) => return refused.respond(&provider, &parameters),
    };
    match Posted::read(&body) {
        Some(Posted::Denial { deny: true }) => page::go_to(&request.callback(&provider.behaviour().denial())),
        Some(Posted::Credentials { email, password }) => match Person::known(&email, &password) {
            Some(person) => {
                let Request { redirect_uri, challenge, .. } = request.clone();
                let is_renewable = provider.behaviour().gives_refresh_token(&parameters);
                let code = provider.issue_code(person, redirect_uri, challenge, is_renewable);
                page::go_to(&request.callback(&[("code", &code)]))
            }
            None => page::stay("Credentials are not valid"),
        },
        Some(Posted::Denial { deny: false }) | None => page::stay("Missing required field"),
    }
}

/// An authorization request (RFC 6749, 4.1.1) with a valid redirect URI.
#[derive(Clone)]
struct Request {
    redirect_uri: String,
    state: Option<String>,
    challenge: Option<Challenge>,
    issuer: Option<String>,
}

impl Request {
    /// The redirect URI with the response parameters and the state, each encoded (4.1.2).
    fn callback(&self, answer: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(answer);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        if let Some(issuer) = &self.issuer {
            query.append_pair("iss", issuer);
        }
        format!("{}?{}", self.redirect_uri, query.finish())
    }
}

/// An authorization request that gets no login page (4.1.2.1).
enum Refused {
    /// The person stays, because the redirect URI cannot be trusted.
    Here(Refusal),
    /// The client gets an error response, at this address.
    There(String),
}

impl Refused {
    fn respond(self, provider: &Provider, parameters: &Parameters) -> Response {
        match self {
            Self::Here(refusal) => provider.behaviour().cannot_send_back(provider, parameters, refusal),
            Self::There(address) => Redirect::to(&address).into_response(),
        }
    }
}

fn check(provider: &Provider, parameters: &Parameters) -> Result<Request, Refused> {
    let behaviour = provider.behaviour();
    let (client_id, _) = behaviour.client();
    if parameters.first("client_id") != Some(client_id) {
        return Err(Refused::Here(Refusal::ClientNotFound));
    }
    // The client has only one redirect URI, so the parameter is optional (3.1.2.3).
    let redirect_uri = parameters.first("redirect_uri").unwrap_or(&provider.redirect_uri);
    if redirect_uri != provider.redirect_uri {
        return Err(Refused::Here(Refusal::RedirectMismatch));
    }
    let state = parameters.first("state").map(str::to_owned);
    let issuer = provider.issuer();
    let mut request = Request { redirect_uri: redirect_uri.to_owned(), state, challenge: None, issuer };
    let refused = |error, why| Refused::There(request.callback(&[("error", error), ("error_description", why)]));
    match parameters.first("response_type") {
        Some("code") => {}
        None if !behaviour.wants_types() => {}
        None => return Err(refused("invalid_request", "response_type is missing")),
        Some(_) => return Err(refused("unsupported_response_type", "response_type must be code")),
    }
    if behaviour.wants_scope() && parameters.first("scope").is_none() {
        return Err(refused("invalid_scope", "scope is missing"));
    }
    let challenge = behaviour.challenge(parameters).map_err(|why| refused("invalid_request", why))?;
    request.challenge = challenge;
    Ok(request)
}
