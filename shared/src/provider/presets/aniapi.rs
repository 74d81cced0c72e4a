//! AniAPI, version 1 (<https://aniapi.com/docs>). Everything specific to it is in this file.
//!
//! The token request has its parameters in the query string. Every response has HTTP status 200 and an envelope that
//! contains the actual status. The documentation calls the envelope's first member `status`, the server `status_code`.

use alloc::string::String;
use alloc::vec;

use form_urlencoded::Serializer;
use serde::Deserialize;

use crate::json;
use crate::jwt;
use crate::provider::{
    ClientCredentials, ClientFault, ExchangeError, Grant, Issuer, Preset, ProfileConfig, Provider, Scope, Token,
    UpstreamMethod, UpstreamRequest,
};
use crate::secret::AccessToken;

/// AniAPI.
pub(super) static PRESET: Preset = Preset {
    id: "aniapi",
    name: Some("AniAPI"),
    authorize_url: Some("https://api.aniapi.com/v1/oauth"),
    token_url: Some("https://api.aniapi.com/v1/oauth/token"),
    profile_url: Some("https://api.aniapi.com/v1/auth/me"),
    api_url: Some("https://api.aniapi.com/v1"),
    api_without: &["oauth"],
    issuer: Issuer::Never,
    client_auth: &[],
    pkce: &[None],
    scope: Scope::Unknown,
    provider: &AniApi,
    profile,
    ..Preset::OAUTH2
};

/// `GET /v1/auth/me`. It has the same envelope as the token response.
pub(in crate::provider) fn profile() -> ProfileConfig {
    let roles = ["Basic user", "Moderator", "Administrator"];
    ProfileConfig {
        ok: vec!["/status_code".into(), "/status".into()],
        unverified: Some("You need to verify your email first".into()),
        name: vec!["/data/username".into()],
        picture: Some("/data/avatar".into()),
        role: Some("/data/role".into()),
        roles: roles.map(Into::into).into(),
        ..ProfileConfig::openid()
    }
}

/// AniAPI's token endpoint.
struct AniApi;

impl Provider for AniApi {
    /// AniAPI responds to a malformed GUID with a bare HTTP 500, which does not name the cause, so it is checked here.
    fn credential_fault(&self, value: &str) -> Option<&'static str> {
        (!is_guid(value)).then_some("must be a GUID (8-4-4-4-12 hexadecimal digits), as shown by AniAPI")
    }

    fn token_request(&self, token_url: &str, client: &ClientCredentials, grant: &Grant<'_>) -> UpstreamRequest {
        let mut url = String::from(token_url);
        url.push(if url.contains('?') { '&' } else { '?' });
        let query_start = url.len();
        let url = Serializer::for_suffix(url, query_start)
            .append_pair("client_id", &client.id)
            .append_pair("client_secret", client.secret.expose())
            .append_pair("code", grant.code.expose())
            .append_pair("redirect_uri", grant.redirect_uri)
            .finish();
        UpstreamRequest { method: UpstreamMethod::Post, url, authorization: None, body: None }
    }

    /// The envelope has messages, but no error codes.
    fn error_code(&self, _: &[u8]) -> Option<&'static str> {
        None
    }

    fn token_response(&self, status: u16, body: &[u8], now: u64) -> Result<Token, ExchangeError> {
        if status != 200 {
            return Err(ExchangeError::BadResponse("the HTTP status is not 200"));
        }
        let envelope: Envelope = json::object(body).map_err(|_| ExchangeError::BadResponse("no envelope"))?;
        match (envelope.status()?, envelope.data.as_deref(), envelope.message.as_deref()) {
            (200, Some(token), _) => Token::new(AccessToken::new(token), jwt::expiry(token), now),
            (403, Some("code not valid"), _) => Err(ExchangeError::InvalidCode),
            (403, Some("client_secret content mismatch from registered client"), _) => {
                Err(ExchangeError::ClientRefused(ClientFault::SECRET))
            }
            (403, Some("redirect_uri content mismatch from registered client"), _) => {
                Err(ExchangeError::ClientRefused(ClientFault::REDIRECT_URI))
            }
            (404, Some("client_id not found"), _) | (404, _, Some("client_id not found")) => {
                Err(ExchangeError::ClientRefused(ClientFault::ID))
            }
            (200, None, _) => Err(ExchangeError::BadResponse("the envelope's status is 200, but there is no token")),
            _ => Err(ExchangeError::BadResponse("an unknown error")),
        }
    }
}

/// The envelope of every response of AniAPI. Null members are omitted.
#[derive(Deserialize)]
struct Envelope {
    status_code: Option<u16>,
    status: Option<u16>,
    message: Option<String>,
    data: Option<String>,
    #[expect(dead_code, reason = "read so that a wrong type or a duplicate member is an error")]
    version: Option<String>,
}

impl Envelope {
    /// The status, under either of its two names. It is an error if both are present and differ.
    fn status(&self) -> Result<u16, ExchangeError> {
        match (self.status_code, self.status) {
            (Some(one), Some(other)) if one != other => {
                Err(ExchangeError::BadResponse("status and status_code differ"))
            }
            (Some(status), _) | (None, Some(status)) => Ok(status),
            (None, None) => Err(ExchangeError::BadResponse("the envelope has no status")),
        }
    }
}

fn is_guid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests;
