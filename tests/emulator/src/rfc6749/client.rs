//! Client authentication at the token and revocation endpoints (RFC 6749, 2.3.1; RFC 7009, 2.1).

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::behaviour::Behaviour;
use crate::parameters::Parameters;
use crate::refusal::Refusal;

/// Checks the credentials of the registered client.
pub(super) fn authenticate(behaviour: &dyn Behaviour, headers: &HeaderMap, form: &Parameters) -> Result<(), Refusal> {
    let (id, secret) = credentials(headers, form).ok_or(Refusal::MissingField)?;
    let (known_id, known_secret) = behaviour.client();
    if id != known_id {
        return Err(Refusal::ClientNotFound);
    }
    if secret != known_secret {
        return Err(Refusal::SecretMismatch);
    }
    Ok(())
}

/// Id and secret, from either the header or the body, but not both.
fn credentials(headers: &HeaderMap, form: &Parameters) -> Option<(String, String)> {
    let in_body = || Some((form.first("client_id")?.to_owned(), form.first("client_secret")?.to_owned()));
    if !headers.contains_key(header::AUTHORIZATION) {
        return in_body();
    }
    let (id, secret) = basic(headers)?;
    let decoded = |part: &str| {
        // Parsed as a form with one name and no value.
        form_urlencoded::parse(part.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
    };
    form.first("client_secret").is_none().then(|| (decoded(&id), decoded(&secret)))
}

/// User name and password of the header, without decoding (RFC 7617).
pub(crate) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let authorization = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let pair = BASE64_STANDARD.decode(authorization.strip_prefix("Basic ")?).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    let (user, password) = pair.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}
