//! The exchange as RFC 6749 has it, in one place for all providers that follow it: a form goes out (4.1.3), a token (5.1)
//! or a refusal (5.2) comes back.
//!
//! **No refresh token and no ID token is passed on.** Neither is asked for: nothing here could renew a login, and an ID
//! token would have to be validated, by keys that have to be fetched. Who has logged in is learned from the provider's
//! profile address, over TLS and with the very token that came for the code. Where they come all the same they are read
//! past; they do not reach the browser.

use alloc::format;
use alloc::string::String;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::{Serializer, byte_serialize};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};

use super::{ClientAuth, ClientCredentials, ClientFault, ExchangeError, Grant, Token, UpstreamRequest};
use crate::json;
use crate::jwt::Expiry;
use crate::secret::{AccessToken, ClientSecret};

/// The form with the code (RFC 6749, 4.1.3; RFC 7636, 4.5).
pub(super) fn request(token_url: &str, client: &ClientCredentials, grant: &Grant<'_>) -> UpstreamRequest {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", grant.code.expose())
        .append_pair("redirect_uri", grant.redirect_uri);
    if let Some(verifier) = grant.code_verifier {
        form.append_pair("code_verifier", verifier.expose());
    }
    let authorization = match client.auth {
        Some(ClientAuth::Basic) => Some(basic(&client.id, &client.secret)),
        Some(ClientAuth::Post) | None => {
            form.append_pair("client_id", &client.id).append_pair("client_secret", client.secret.expose());
            None
        }
    };
    UpstreamRequest {
        url: token_url.into(),
        authorization,
        body: Some(("application/x-www-form-urlencoded", form.finish())),
    }
}

/// Both parts are form-encoded first, or a colon in the id would end it (RFC 6749, 2.3.1).
fn basic(id: &str, secret: &ClientSecret) -> String {
    let mut pair: String = byte_serialize(id.as_bytes()).collect();
    pair.push(':');
    pair.extend(byte_serialize(secret.expose().as_bytes()));
    format!("Basic {}", STANDARD.encode(pair))
}

/// What is wrong with an id or a secret that no server could have given (RFC 6749, A.1, A.2). More than ASCII is taken,
/// as servers are found that give it.
pub(super) fn credential_fault(value: &str) -> Option<&'static str> {
    value.chars().any(char::is_control).then_some("has a line end or another control character in it")
}

/// Reads the answer. A refusal may come with HTTP 200 too: GitHub's do.
pub(super) fn answer(status: u16, body: &[u8], now: u64) -> Result<Token, ExchangeError> {
    if !matches!(status, 200 | 400 | 401) {
        return Err(ExchangeError::BadResponse("the HTTP status is not 200, 400 or 401"));
    }
    let answer: Answer = json::object(body).map_err(|_| ExchangeError::BadResponse("no answer of RFC 6749, 5"))?;
    match (status, answer.access_token, answer.error.as_deref()) {
        (200, Some(token), None) => believe(token, answer.token_type.as_deref(), answer.expires_in, now),
        (_, None, Some(error)) => Err(refusal(error)),
        (_, Some(_), Some(_)) => Err(ExchangeError::BadResponse("there is a token and an error")),
        (_, Some(_), None) => Err(ExchangeError::BadResponse("there is a token, and the HTTP status is not 200")),
        (_, None, None) => Err(ExchangeError::BadResponse("there is neither a token nor an error")),
    }
}

/// The kinds of tokens have names in any case (RFC 6749, 5.1), and only one of them is of use here.
fn believe(
    token: AccessToken,
    token_type: Option<&str>,
    expires_in: Option<u64>,
    now: u64,
) -> Result<Token, ExchangeError> {
    if !token_type.is_some_and(|name| name.eq_ignore_ascii_case("bearer")) {
        return Err(ExchangeError::BadResponse("the token is not of the type Bearer"));
    }
    // As a point in time it is held to the same bounds as every other end.
    let expiry = expires_in.map_or(Expiry::Unknown, |seconds| Expiry::At(now.saturating_add(seconds) as f64));
    Token::new(token, expiry, now)
}

/// What a refusal means (RFC 6749, 5.2, and three names of GitHub's own).
fn refusal(error: &str) -> ExchangeError {
    match error {
        "invalid_grant" | "bad_verification_code" => ExchangeError::InvalidCode,
        "invalid_client" | "incorrect_client_credentials" => ExchangeError::ClientRefused(ClientFault::Credentials),
        "unauthorized_client" => ExchangeError::ClientRefused(ClientFault::Grant),
        "redirect_uri_mismatch" => ExchangeError::ClientRefused(ClientFault::RedirectUri),
        _ => ExchangeError::BadResponse("a refusal that is not among the known ones"),
    }
}

/// A token or a refusal: that it is not both has yet to be seen. The members that nobody wants are there so that a
/// doubled one is noticed.
#[derive(Deserialize)]
#[expect(dead_code, reason = "read past, and never passed on")]
struct Answer {
    access_token: Option<AccessToken>,
    token_type: Option<String>,
    #[serde(default, deserialize_with = "number")]
    expires_in: Option<u64>,
    error: Option<String>,
    error_description: Option<IgnoredAny>,
    error_uri: Option<IgnoredAny>,
    scope: Option<IgnoredAny>,
    refresh_token: Option<IgnoredAny>,
    id_token: Option<IgnoredAny>,
}

/// A whole number, where the member is there at all: `null` is none.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    u64::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests;
