//! Exchanging a code (RFC 6749, 4.1.3) or a refresh token (6) for a token at a provider. Each exchange is a pair:
//! building the request and reading the response.

use alloc::string::String;
use core::error::Error;
use core::fmt;

use super::{ClientAuth, rfc6749};
use crate::jwt::Expiry;
use crate::pkce::CodeVerifier;
use crate::secret::{AccessToken, AuthorizationCode, ClientSecret, RefreshToken};
use crate::token::MAX_EXPIRES_IN;

/// A provider, as far as its token endpoint is concerned. The defaults follow RFC 6749.
pub trait Provider: Sync {
    /// If `value` cannot be a client ID or secret of this provider, describes the required form.
    fn credential_fault(&self, value: &str) -> Option<&'static str> {
        rfc6749::credential_fault(value)
    }
    /// The request that exchanges the code.
    fn token_request(&self, token_url: &str, client: &ClientCredentials, grant: &Grant<'_>) -> UpstreamRequest {
        rfc6749::token_request(token_url, client, grant)
    }
    /// Reads the response to that request. `now` is in seconds since the Unix epoch.
    ///
    /// # Errors
    /// If there is no token. The error names the party at fault.
    fn token_response(&self, status: u16, body: &[u8], now: u64) -> Result<Token, ExchangeError>;
    /// The request that renews a token (RFC 6749, 6).
    fn refresh_request(&self, token_url: &str, client: &ClientCredentials, renewal: &Renewal<'_>) -> UpstreamRequest {
        rfc6749::refresh_request(token_url, client, renewal)
    }
    /// Reads the response to a renewal. [`ExchangeError::InvalidCode`] then means the refresh token.
    ///
    /// # Errors
    /// If there is no token, as in [`answer`](Self::token_response).
    fn refresh_response(&self, status: u16, body: &[u8], now: u64) -> Result<Token, ExchangeError> {
        self.token_response(status, body, now)
    }
    /// The error code in the response, for the log: a constant, never text from the provider.
    fn error_code(&self, body: &[u8]) -> Option<&'static str> {
        rfc6749::error_code(body)
    }
}

/// The client's credentials at the provider, and how it authenticates (RFC 6749, 2.3.1).
#[derive(Clone, Debug)]
pub struct ClientCredentials {
    /// The client identifier, which is public.
    pub id: String,
    /// The client secret.
    pub secret: ClientSecret,
    /// One of the ways that the preset supports. `None`: the provider's own.
    pub auth: Option<ClientAuth>,
}

/// An authorization code to exchange.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// The code.
    pub code: &'a AuthorizationCode,
    /// The redirect URI in the authorization request.
    pub redirect_uri: &'a str,
    /// The PKCE verifier, if the authorization request had a challenge.
    pub code_verifier: Option<&'a CodeVerifier>,
}

/// A refresh token to exchange.
#[derive(Clone, Copy, Debug)]
pub struct Renewal<'a> {
    /// The refresh token.
    pub refresh_token: &'a RefreshToken,
    /// A redirect URI of the app. RFC 6749 does not require it here, but some servers do.
    pub redirect_uri: &'a str,
}

/// A request to the provider on behalf of the client. It contains the secret, so `Debug` hides it.
pub struct UpstreamRequest {
    /// The method.
    pub method: UpstreamMethod,
    /// The URL, including the parameters if the provider requires them in the query.
    pub url: String,
    /// The `Authorization` header, if the client authenticates with it.
    pub authorization: Option<String>,
    /// The media type and the body, if there is one.
    pub body: Option<(&'static str, String)>,
}

/// The method of a request to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamMethod {
    /// `POST`: all requests of RFC 6749 and RFC 7009.
    Post,
    /// `DELETE`: GitHub's revocation.
    Delete,
}

impl fmt::Debug for UpstreamRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UpstreamRequest([redacted])")
    }
}

/// The result of an exchange.
#[derive(Clone, Debug)]
pub struct Token {
    /// The access token.
    pub access_token: AccessToken,
    /// How long it is valid from now on, in seconds, if that is known.
    pub expires_in: Option<u64>,
    /// The refresh token, if the response has one and it is a string.
    pub refresh_token: Option<RefreshToken>,
}

impl Token {
    /// Checks a token from the provider and its expiry. `now` is in seconds since the Unix epoch.
    ///
    /// # Errors
    /// If a browser could not send the token, it has already expired, or its lifetime is over ten years.
    pub fn new(access_token: AccessToken, expiry: Expiry, now: u64) -> Result<Self, ExchangeError> {
        if !access_token.is_well_formed() {
            return Err(ExchangeError::BadResponse("the token is empty or contains characters that are not allowed"));
        }
        let expires_in = match expiry {
            Expiry::Unknown => None,
            Expiry::Unreadable => return Err(ExchangeError::BadResponse("the token's exp cannot be read")),
            Expiry::At(exp) => Some(remaining(exp, now)?),
        };
        Ok(Self { access_token, expires_in, refresh_token: None })
    }
}

/// Whole seconds from `now` until `exp`.
fn remaining(exp: f64, now: u64) -> Result<u64, ExchangeError> {
    let left = exp - now as f64;
    if left < 1.0 {
        return Err(ExchangeError::BadResponse("the token has already expired"));
    }
    if left > MAX_EXPIRES_IN as f64 {
        return Err(ExchangeError::BadResponse("the token's lifetime is over ten years"));
    }
    Ok(left as u64)
}

/// Why there is no token, by the party at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExchangeError {
    /// The caller: the code or the refresh token is invalid or expired.
    InvalidCode,
    /// The client: the provider rejects this part of its registration or request.
    ClientRefused(ClientFault),
    /// The provider: its response is invalid. The text describes the fault for the log.
    BadResponse(&'static str),
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidCode => "the code or the refresh token is invalid or expired",
            Self::ClientRefused(_) => "the provider rejects the client's registration or request",
            Self::BadResponse(detail) => detail,
        })
    }
}

impl Error for ExchangeError {}

/// Which part of the client's registration or request a provider rejects: all possible causes, because an error is not
/// always specific.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientFault(u8);

impl ClientFault {
    /// `OAUTH_CLIENT_ID`.
    pub const ID: Self = Self(1);
    /// `OAUTH_CLIENT_SECRET`.
    pub const SECRET: Self = Self(1 << 1);
    /// `OAUTH_CLIENT_AUTH`.
    pub const AUTH: Self = Self(1 << 2);
    /// `OAUTH_CLIENT_ID`, `OAUTH_CLIENT_SECRET` or `OAUTH_CLIENT_AUTH`.
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

    /// The union of both.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether `other` is a possible cause.
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
    fn remaining_lifetime_is_in_whole_seconds() {
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
    fn expired_token_and_too_long_lifetime_are_rejected() {
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
    fn token_that_cannot_be_sent_is_rejected() {
        for token in ["", "a b", "a\r\nb", "é"] {
            assert!(Token::new(AccessToken::new(token), Expiry::Unknown, NOW).is_err(), "{token:?}");
        }
    }

    #[test]
    fn debug_output_hides_the_upstream_request() {
        let request = UpstreamRequest {
            method: UpstreamMethod::Post,
            url: "https://p.example/?client_secret=hush".into(),
            authorization: Some("Basic hush".into()),
            body: Some(("text/plain", "hush".into())),
        };
        assert!(!alloc::format!("{request:?}").contains("hush"));
    }
}
