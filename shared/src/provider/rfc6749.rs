//! The exchange as RFC 6749 has it, in one place for all providers that follow it: a form goes out (4.1.3), a token (5.1)
//! or a refusal (5.2) comes back.
//!
//! **No refresh token and no ID token is passed on.** Neither is asked for: nothing here could renew a login, and an ID
//! token would have to be validated, by keys that have to be fetched. Who has logged in is learned from the provider's
//! profile address, over TLS and with the very token that came for the code. Where they come all the same they are read
//! past; they do not reach the browser.

mod answer;

use alloc::format;
use alloc::string::String;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::{Serializer, byte_serialize};

use self::answer::read;
pub(super) use self::answer::{Meaning, error_code};
use super::{ClientAuth, ClientCredentials, ExchangeError, Grant, Token, TokenEndpoint, UpstreamRequest};
use crate::jwt;
use crate::secret::ClientSecret;

/// The token endpoint of RFC 6749, 3.2, and what a server has of its own there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rfc6749 {
    /// Whether `invalid_request` is how it reports a code that it does not accept.
    pub(super) invalid_request_means_code: bool,
    /// Whether its tokens are JWTs whose `exp` counts if the answer does not say when they end.
    pub(super) token_has_expiry: bool,
    /// Whether it takes the request as JSON, and not as a form.
    pub(super) takes_json: bool,
    /// What its refusals mean that have no error code, by the text of their member `message`.
    pub(super) messages: &'static [(&'static str, Meaning)],
}

impl Rfc6749 {
    /// A server with nothing of its own.
    pub(super) const STANDARD: Self =
        Self { invalid_request_means_code: false, token_has_expiry: false, takes_json: false, messages: &[] };
}

impl TokenEndpoint for Rfc6749 {
    fn request(&self, token_url: &str, client: &ClientCredentials, grant: &Grant<'_>) -> UpstreamRequest {
        let mut request = request(token_url, client, grant);
        if self.takes_json {
            request.body = request.body.map(|(_, form)| ("application/json", json_of(&form)));
        }
        request
    }

    fn answer(&self, status: u16, body: &[u8], now: u64) -> Result<Token, ExchangeError> {
        let token = read(status, body, now, *self)?;
        if !self.token_has_expiry || token.expires_in.is_some() {
            return Ok(token);
        }
        let expiry = jwt::expiry(token.access_token.expose());
        Token::new(token.access_token, expiry, now)
    }
}

/// A form's parameters as the members of an object.
fn json_of(form: &str) -> String {
    let mut json = String::new();
    for (name, value) in form_urlencoded::parse(form.as_bytes()) {
        json.push(if json.is_empty() { '{' } else { ',' });
        for (text, end) in [(name, ":"), (value, "")] {
            json += &serde_json::to_string(&text).unwrap_or_default();
            json += end;
        }
    }
    json + "}"
}

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

#[cfg(test)]
mod tests;
