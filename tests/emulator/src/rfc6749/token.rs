//! The token endpoint (RFC 6749, 4.1.3).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::parameters::Parameters;
use crate::provider::{Issued, Provider};
use crate::refusal::Refusal;

/// `POST`: a token for a code, which is used up by that.
pub(super) async fn exchange(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: Bytes) -> Response {
    let ways = provider.ways();
    let answer = match check(&provider, &headers, &Parameters::of_body(&headers, &body)) {
        Ok(issued) => (StatusCode::OK, ways.token(&provider, &issued)),
        Err(refusal) => ways.refusal(refusal),
    };
    ways.answer(&headers, answer)
}

fn check(provider: &Provider, headers: &HeaderMap, form: &Parameters) -> Result<Issued, Refusal> {
    let ways = provider.ways();
    if !ways.reads(headers) {
        return Err(Refusal::MissingField);
    }
    match form.first("grant_type") {
        Some("authorization_code") => {}
        None if !ways.wants_types() => {}
        _ => return Err(Refusal::MissingField),
    }
    let code = form.first("code").ok_or(Refusal::MissingField)?;

    let (id, secret) = client(headers, form).ok_or(Refusal::MissingField)?;
    let (known_id, known_secret) = ways.client();
    if id != known_id {
        return Err(Refusal::ClientNotFound);
    }
    if secret != known_secret {
        return Err(Refusal::SecretMismatch);
    }

    // Whatever follows, it cannot be tried a second time (10.5).
    let issued = provider.use_up(code).ok_or(Refusal::CodeNotValid)?;
    if form.first("redirect_uri").is_some_and(|uri| uri != issued.redirect_uri) {
        return Err(Refusal::RedirectMismatch);
    }
    let is_proved = match (&issued.challenge, form.first("code_verifier")) {
        (Some(challenge), Some(verifier)) => challenge.is_met_by(verifier),
        (None, None) => true,
        // A verifier for which nobody has asked means that somebody took the challenge away (RFC 9700, 4.8.2).
        (Some(_), None) | (None, Some(_)) => false,
    };
    if is_proved { Ok(issued) } else { Err(Refusal::CodeNotValid) }
}

/// Id and secret, from the header or the body (2.3.1), not from both.
fn client(headers: &HeaderMap, form: &Parameters) -> Option<(String, String)> {
    let in_body = || Some((form.first("client_id")?.to_owned(), form.first("client_secret")?.to_owned()));
    let Some(authorization) = headers.get(header::AUTHORIZATION) else {
        return in_body();
    };
    let pair = BASE64_STANDARD.decode(authorization.to_str().ok()?.strip_prefix("Basic ")?).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let decoded = |part: &str| {
        // A form of one name and no value.
        form_urlencoded::parse(part.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
    };
    form.first("client_secret").is_none().then(|| (decoded(id), decoded(secret)))
}
