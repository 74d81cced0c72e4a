//! The token endpoint: tokens for a code (RFC 6749, 4.1.3) or for a refresh token (6).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::client::authenticate;
use crate::parameters::Parameters;
use crate::provider::{Granted, Provider};
use crate::refusal::Refusal;

/// `POST`: exchanges a code, which is consumed, or a refresh token for tokens.
pub(super) async fn exchange(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: Bytes) -> Response {
    let behaviour = provider.behaviour();
    let answer = match check(&provider, &headers, &Parameters::of_body(&headers, &body)) {
        Ok(granted) => (StatusCode::OK, behaviour.token(&granted)),
        Err(refusal) => behaviour.refusal(refusal),
    };
    behaviour.answer(&headers, answer)
}

fn check(provider: &Provider, headers: &HeaderMap, form: &Parameters) -> Result<Granted, Refusal> {
    let behaviour = provider.behaviour();
    if !behaviour.reads(headers) {
        return Err(Refusal::MissingField);
    }
    match form.first("grant_type") {
        Some("authorization_code") => {}
        Some("refresh_token") if provider.takes_refresh_tokens() => return renew(provider, headers, form),
        Some("refresh_token") => return Err(Refusal::GrantTypeUnsupported),
        None if !behaviour.wants_types() => {}
        _ => return Err(Refusal::MissingField),
    }
    let code = form.first("code").ok_or(Refusal::MissingField)?;
    authenticate(behaviour, headers, form)?;

    // The code is consumed even if a later check fails (10.5).
    let issued = provider.use_up(code).ok_or(Refusal::CodeNotValid)?;
    if form.first("redirect_uri").is_some_and(|uri| uri != issued.redirect_uri) {
        return Err(Refusal::RedirectMismatch);
    }
    let is_proved = match (&issued.challenge, form.first("code_verifier")) {
        (Some(challenge), Some(verifier)) => challenge.matches(verifier),
        (None, None) => true,
        // A verifier without a challenge means that an attacker removed the challenge (RFC 9700, 4.8.2).
        (Some(_), None) | (None, Some(_)) => false,
    };
    if is_proved { Ok(provider.begin(&issued)) } else { Err(Refusal::CodeNotValid) }
}

fn renew(provider: &Provider, headers: &HeaderMap, form: &Parameters) -> Result<Granted, Refusal> {
    let token = form.first("refresh_token").ok_or(Refusal::MissingField)?;
    authenticate(provider.behaviour(), headers, form)?;
    provider.renew(token).ok_or(Refusal::RefreshTokenNotValid)
}
