//! The authorization endpoint (RFC 6749, 3.1): validates an authorization request and stores it for the login.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::client::{guid, is_client};
use crate::expiring::random_name;
use crate::page;
use crate::parameters::Parameters;
use crate::provider::Provider;

const SESSION_COOKIE: &str = "aniapi_session";

/// A pending authorization request (RFC 6749, 4.1.1), until its person logs in.
#[derive(Clone, Debug)]
pub(crate) struct AuthorizationRequest {
    pub(super) response_type: ResponseType,
    pub(super) redirect_uri: String,
    pub(super) state: String,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum ResponseType {
    Code,
    Token,
}

/// `GET`: the login page, and a session cookie for the pending request.
pub(super) async fn authorize(State(provider): State<Arc<Provider>>, uri: Uri, headers: HeaderMap) -> Response {
    let request = match check(&provider, &Parameters::of(&uri)) {
        Ok(request) => request,
        Err(refusal) => return refusal.into_response(),
    };

    // One request per browser: that of a second tab replaces the first one.
    let now = provider.clock.now();
    let session = session(&headers)
        .filter(|session| provider.sessions.find(session, now).is_some())
        .map_or_else(|| random_name(30), str::to_owned);
    provider.sessions.put(&session, request, now);

    let cookie = format!("{SESSION_COOKIE}={session}; Path=/; HttpOnly; SameSite=Lax");
    ([(header::SET_COOKIE, cookie)], page::login(provider.service)).into_response()
}

/// The value of the session cookie.
pub(super) fn session(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(name, value)| (name == SESSION_COOKIE).then_some(value))
}

/// The real server stores the request before it knows the client, and would send a person to an unregistered address;
/// the emulator stores only valid requests.
fn check(provider: &Provider, parameters: &Parameters) -> Result<AuthorizationRequest, (StatusCode, &'static str)> {
    const MISSING: (StatusCode, &str) = (StatusCode::BAD_REQUEST, "missing required field");
    const BARE: (StatusCode, &str) = (StatusCode::INTERNAL_SERVER_ERROR, "");

    let response_type = parameters.first("response_type").ok_or(MISSING)?;
    let client_id = parameters.first("client_id").ok_or(MISSING)?;
    let redirect_uri = parameters.first("redirect_uri").ok_or(MISSING)?;
    let state = parameters.first("state").ok_or(MISSING)?;
    let response_type = match response_type {
        "code" => ResponseType::Code,
        "token" => ResponseType::Token,
        _ => {
            let reason = "response_type content not expected";
            return Err((StatusCode::BAD_REQUEST, reason));
        }
    };

    let client_id = guid(client_id).ok_or(BARE)?;
    if !is_client(client_id) {
        return Err((StatusCode::NOT_FOUND, ""));
    }
    if provider.redirect_uri != redirect_uri {
        return Err(BARE);
    }
    Ok(AuthorizationRequest { response_type, redirect_uri: redirect_uri.to_owned(), state: state.to_owned() })
}
