//! The exchange of a code for a token (RFC 6749, 4.1.3): how the function speaks to a provider, as a pair of
//! building the request and reading the answer.

use alloc::string::String;
use core::fmt;

use super::{ClientAuth, rfc6749};
use crate::jwt::Expiry;
use crate::pkce::CodeVerifier;
use crate::secret::{AccessToken, AuthorizationCode, ClientSecret};
use crate::token::MAX_EXPIRES_IN;

/// A provider's token endpoint. The defaults follow RFC 6749.
pub trait TokenEndpoint: Sync {
    /// What a client id or secret of this provider looks like, where `value` does not look like one.
    fn credential_fault(&self, value: &str) -> Option<&'static str> {
        rfc6749::credential_fault(value)
    }
    /// The one request that exchanges the code.
    fn request(&self, token_url: &str, client: &ClientCredentials, grant: &Grant<'_>) -> UpstreamRequest {
        rfc6749::request(token_url, client, grant)
    }
    /// Reads the answer to that request.
    ///
    /// # Errors
    /// Says whose fault it is that there is no token.
    fn answer(&self, status: u16, body: &[u8], now: u64) -> Result<Token, ExchangeError>;
    /// The error code in the answer, for the log: a constant, never what the provider has written.
    fn error_code(&self, body: &[u8]) -> Option<&'static str> {
        rfc6749::error_code(body)
    }
}

/// Who we are at the provider, and how we show it (RFC 6749, 2.3.1).
#[derive(Clone, Debug)]
pub struct ClientCredentials {
    /// The public id.
    pub id: String,
    /// The secret.
    pub secret: ClientSecret,
    /// One of the ways that the preset has. `None`: the provider's own.
    pub auth: Option<ClientAuth>,
}

/// What is to be exchanged.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// The code.
    pub code: &'a AuthorizationCode,
    /// The redirect address it was asked for with.
    pub redirect_uri: &'a str,
    /// The verifier whose challenge it was asked for with, where there was one.
    pub code_verifier: Option<&'a CodeVerifier>,
}

/// A `POST` to the token endpoint. It carries the secret, so it does not print.
pub struct UpstreamRequest {
    /// The address, with a query where the provider wants the parameters there.
    pub url: String,
    /// The `Authorization` header, where the provider wants the secret there.
    pub authorization: Option<String>,
    /// The body and its media type, where there is one.
    pub body: Option<(&'static str, String)>,
}

impl fmt::Debug for UpstreamRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UpstreamRequest([redacted])")
    }
}

/// What the exchange gave.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token.
    pub access_token: AccessToken,
    /// How long it is valid from now on, in seconds, where anybody knows.
    pub expires_in: Option<u64>,
}

impl Token {
    /// Takes a token as the provider gave it, with what is known of its end.
    ///
    /// # Errors
    /// Where a browser could not send it, it has ended already, or it says it lives for more than ten years.
    pub fn new(access_token: AccessToken, expiry: Expiry, now: u64) -> Result<Self, ExchangeError> {
        if !access_token.is_well_formed() {
            return Err(ExchangeError::BadResponse("the token is empty or has characters that no token has"));
        }
        let expires_in = match expiry {
            Expiry::Unknown => None,
            Expiry::Unreadable => return Err(ExchangeError::BadResponse("the token's exp cannot be read")),
            Expiry::At(exp) => Some(remaining(exp, now)?),
        };
        Ok(Self { access_token, expires_in })
    }
}

/// Whole seconds from `now` until `exp`.
fn remaining(exp: f64, now: u64) -> Result<u64, ExchangeError> {
    let left = exp - now as f64;
    if left < 1.0 {
        return Err(ExchangeError::BadResponse("the token has already expired"));
    }
    if left > MAX_EXPIRES_IN as f64 {
        return Err(ExchangeError::BadResponse("the token claims to live for more than ten years"));
    }
    Ok(left as u64)
}

/// Why the provider gave no token, named by who is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExchangeError {
    /// The caller's: the code is wrong, or over.
    InvalidCode,
    /// Ours: the provider does not accept this part of our registration.
    ClientRefused(ClientFault),
    /// The provider's: it did not answer as it should; what was wrong, for the log.
    BadResponse(&'static str),
}

/// What of our registration or of our request a provider refuses: everything that can be meant, as it does not always say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientFault(u8);

impl ClientFault {
    /// `OAUTH_CLIENT_ID`.
    pub const ID: Self = Self(1);
    /// `OAUTH_CLIENT_SECRET`.
    pub const SECRET: Self = Self(1 << 1);
    /// `OAUTH_CLIENT_AUTH`.
    pub const AUTH: Self = Self(1 << 2);
    /// The three of them.
    pub const CREDENTIALS: Self = Self::ID.or(Self::SECRET).or(Self::AUTH);
    /// The client is known, but may not exchange codes.
    pub const GRANT: Self = Self(1 << 3);
    /// `OAUTH_REDIRECT_URIS`.
    pub const REDIRECT_URI: Self = Self(1 << 4);
    /// `OAUTH_PKCE`.
    pub const PKCE: Self = Self(1 << 5);
    /// `OAUTH_SCOPE`.
    pub const SCOPE: Self = Self(1 << 6);
    /// `OAUTH_TOKEN_URL`.
    pub const TOKEN_URL: Self = Self(1 << 7);

    /// One or the other.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether that can be meant.
    pub const fn includes(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000;

    fn expires_in(expiry: Expiry) -> Result<Option<u64>, ExchangeError> {
        Token::new(AccessToken::new("t"), expiry, NOW).map(|token| token.expires_in)
    }

    #[test]
    fn the_rest_of_a_tokens_life_is_told_in_whole_seconds() {
        let now = NOW as f64;
        for (expiry, expected) in [
            (Expiry::Unknown, None),
            (Expiry::At(now + 1.0), Some(1)),
            (Expiry::At(now + 2.9), Some(2)),
            (Expiry::At(now + 2_592_000.0), Some(2_592_000)),
            (Expiry::At(now + MAX_EXPIRES_IN as f64), Some(MAX_EXPIRES_IN)),
        ] {
            assert_eq!(expires_in(expiry), Ok(expected), "{expiry:?}");
        }
    }

    #[test]
    fn a_token_that_has_ended_or_never_ends_is_not_believed() {
        let now = NOW as f64;
        for expiry in [
            Expiry::Unreadable,
            Expiry::At(now),
            Expiry::At(now - 1.0),
            Expiry::At(now + 0.5),
            Expiry::At(-1.0),
            Expiry::At(0.0),
            Expiry::At(now + MAX_EXPIRES_IN as f64 + 1.0),
            Expiry::At(1e300),
        ] {
            assert!(matches!(expires_in(expiry), Err(ExchangeError::BadResponse(_))), "{expiry:?}");
        }
    }

    #[test]
    fn a_token_that_cannot_be_sent_is_not_believed() {
        for token in ["", "a b", "a\r\nb", "é"] {
            assert!(Token::new(AccessToken::new(token), Expiry::Unknown, NOW).is_err(), "{token:?}");
        }
    }

    #[test]
    fn the_upstream_request_does_not_print() {
        let request = UpstreamRequest {
            url: "https://p.example/?client_secret=hush".into(),
            authorization: Some("Basic hush".into()),
            body: Some(("text/plain", "hush".into())),
        };
        assert!(!alloc::format!("{request:?}").contains("hush"));
    }
}
