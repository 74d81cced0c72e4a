//! The token request (RFC 6749, 4.1.3) and its response, a token (5.1) or an error (5.2), for all providers that follow
//! the RFC.
//!
//! **No refresh token reaches the browser unencrypted.** It is stored in the session's encrypted cookie, and in `tab`
//! mode it is discarded. **No ID token is used**: validating it would require keys that have to be fetched. The profile
//! comes from the provider's profile URL, over TLS and with the access token from the exchange.

mod answer;

use alloc::format;
use alloc::string::String;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::{Serializer, byte_serialize};

use self::answer::{GrantType, read};
pub(super) use self::answer::{Meaning, error_code};
use super::{
    ClientAuth, ClientCredentials, ExchangeError, Grant, Provider, Renewal, Token, UpstreamMethod, UpstreamRequest,
};
use crate::jwt;
use crate::secret::ClientSecret;

/// A token endpoint that follows RFC 6749, 3.2, with the server's deviations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rfc6749 {
    /// Whether the server reports an invalid code as `invalid_request`.
    pub(super) invalid_request_means_code: bool,
    /// Whether the tokens are JWTs whose `exp` is used if the response has no expiry.
    pub(super) token_has_expiry: bool,
    /// Whether the request is JSON instead of a form.
    pub(super) takes_json: bool,
    /// Whether the refresh tokens cannot be used.
    pub(super) never_renews: bool,
    /// Whether a renewal requires a redirect URI.
    pub(super) renewal_has_redirect_uri: bool,
    /// The meanings of errors without an error code, by their member `message`.
    pub(super) messages: &'static [(&'static str, Meaning)],
}

impl Rfc6749 {
    /// A server without deviations.
    pub(super) const STANDARD: Self = Self {
        invalid_request_means_code: false,
        token_has_expiry: false,
        takes_json: false,
        never_renews: false,
        renewal_has_redirect_uri: false,
        messages: &[],
    };

    fn encoded(&self, mut request: UpstreamRequest) -> UpstreamRequest {
        if self.takes_json {
            request.body = request.body.map(|(_, form)| ("application/json", json_of(&form)));
        }
        request
    }

    fn read(&self, grant_type: GrantType, status: u16, body: &[u8], now: u64) -> Result<Token, ExchangeError> {
        let mut token = read(grant_type, status, body, now, *self)?;
        if self.never_renews {
            token.refresh_token = None;
        }
        if !self.token_has_expiry || token.expires_in.is_some() {
            return Ok(token);
        }
        let expiry = jwt::expiry(token.access_token.expose());
        let refresh_token = token.refresh_token;
        Ok(Token { refresh_token, ..Token::new(token.access_token, expiry, now)? })
    }
}

impl Provider for Rfc6749 {
    fn token_request(&self, token_url: &str, client: &ClientCredentials, grant: &Grant<'_>) -> UpstreamRequest {
        self.encoded(token_request(token_url, client, grant))
    }

    fn token_response(&self, status: u16, body: &[u8], now: u64) -> Result<Token, ExchangeError> {
        self.read(GrantType::Code, status, body, now)
    }

    fn refresh_request(&self, token_url: &str, client: &ClientCredentials, renewal: &Renewal<'_>) -> UpstreamRequest {
        let redirect_uri = self.renewal_has_redirect_uri.then_some(renewal.redirect_uri);
        self.encoded(renewal_form(token_url, client, renewal, redirect_uri))
    }

    fn refresh_response(&self, status: u16, body: &[u8], now: u64) -> Result<Token, ExchangeError> {
        self.read(GrantType::RefreshToken, status, body, now)
    }
}

/// Converts a form to a JSON object.
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

/// The token request with an authorization code (RFC 6749, 4.1.3; RFC 7636, 4.5).
pub(super) fn token_request(token_url: &str, client: &ClientCredentials, grant: &Grant<'_>) -> UpstreamRequest {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", grant.code.expose())
        .append_pair("redirect_uri", grant.redirect_uri);
    if let Some(verifier) = grant.code_verifier {
        form.append_pair("code_verifier", verifier.expose());
    }
    authenticated(token_url, client, form)
}

/// The token request with a refresh token (RFC 6749, 6).
pub(super) fn refresh_request(token_url: &str, client: &ClientCredentials, renewal: &Renewal<'_>) -> UpstreamRequest {
    renewal_form(token_url, client, renewal, None)
}

fn renewal_form(
    token_url: &str,
    client: &ClientCredentials,
    renewal: &Renewal<'_>,
    redirect_uri: Option<&str>,
) -> UpstreamRequest {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "refresh_token").append_pair("refresh_token", renewal.refresh_token.expose());
    if let Some(redirect_uri) = redirect_uri {
        form.append_pair("redirect_uri", redirect_uri);
    }
    authenticated(token_url, client, form)
}

/// Adds the client authentication to a form (RFC 6749, 2.3.1).
pub(super) fn authenticated(
    url: &str,
    client: &ClientCredentials,
    mut form: Serializer<'_, String>,
) -> UpstreamRequest {
    let authorization = match client.auth {
        Some(ClientAuth::Basic) => Some(basic(&client.id, &client.secret)),
        Some(ClientAuth::Post) | None => {
            form.append_pair("client_id", &client.id).append_pair("client_secret", client.secret.expose());
            None
        }
    };
    UpstreamRequest {
        method: UpstreamMethod::Post,
        url: url.into(),
        authorization,
        body: Some(("application/x-www-form-urlencoded", form.finish())),
    }
}

/// The value of `Authorization`. Both parts are form-encoded first, because a colon in the ID would end it (RFC 6749,
/// 2.3.1).
pub(super) fn basic(id: &str, secret: &ClientSecret) -> String {
    let mut pair: String = byte_serialize(id.as_bytes()).collect();
    pair.push(':');
    pair.extend(byte_serialize(secret.expose().as_bytes()));
    format!("Basic {}", STANDARD.encode(pair))
}

/// The fault in a client ID or secret that no server could have issued (RFC 6749, A.1, A.2). Non-ASCII characters are
/// accepted, because some servers issue them.
pub(super) fn credential_fault(value: &str) -> Option<&'static str> {
    value.chars().any(char::is_control).then_some("contains a line break or another control character")
}

#[cfg(test)]
mod tests;
