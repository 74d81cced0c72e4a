//! AniAPI, version 1 (<https://aniapi.com/docs>): all of its own ways are in this file.
//!
//! It takes the exchange's parameters in the query string, answers HTTP 200 whatever happened, and says what happened
//! in an envelope. Its documentation calls the envelope's first field `status`, its server `status_code`.

use alloc::string::String;
use alloc::vec;

use form_urlencoded::Serializer;
use serde::Deserialize;

use crate::json;
use crate::jwt;
use crate::provider::{
    ClientCredentials, ClientFault, ExchangeError, Grant, Issuer, Preset, ProfileConfig, Scope, Token, TokenEndpoint,
    UpstreamRequest,
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
    issuer: Issuer::Never,
    client_auth: &[],
    pkce: &[None],
    scope: Scope::Unknown,
    token_endpoint: &AniApi,
    profile,
    ..Preset::OAUTH2
};

/// `GET /v1/auth/me`, with the same envelope as the exchange.
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

/// Its token endpoint.
struct AniApi;

impl TokenEndpoint for AniApi {
    /// A malformed GUID is answered with a bare HTTP 500, which tells nobody what is wrong: so it is found out here.
    fn credential_fault(&self, value: &str) -> Option<&'static str> {
        (!is_guid(value)).then_some("must be a GUID (8-4-4-4-12 hexadecimal digits), as AniAPI shows it")
    }

    fn request(&self, token_url: &str, client: &ClientCredentials, grant: &Grant<'_>) -> UpstreamRequest {
        let mut url = String::from(token_url);
        url.push(if url.contains('?') { '&' } else { '?' });
        let query_start = url.len();
        let url = Serializer::for_suffix(url, query_start)
            .append_pair("client_id", &client.id)
            .append_pair("client_secret", client.secret.expose())
            .append_pair("code", grant.code.expose())
            .append_pair("redirect_uri", grant.redirect_uri)
            .finish();
        UpstreamRequest { url, authorization: None, body: None }
    }

    /// Its envelope has sentences, and no codes.
    fn error_code(&self, _: &[u8]) -> Option<&'static str> {
        None
    }

    fn answer(&self, status: u16, body: &[u8], now: u64) -> Result<Token, ExchangeError> {
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
            (200, None, _) => Err(ExchangeError::BadResponse("the envelope says 200 and holds no token")),
            _ => Err(ExchangeError::BadResponse("a refusal that is not among the known ones")),
        }
    }
}

/// What every answer of AniAPI is wrapped in. Null members are left out.
#[derive(Deserialize)]
struct Envelope {
    status_code: Option<u16>,
    status: Option<u16>,
    message: Option<String>,
    data: Option<String>,
    #[expect(dead_code, reason = "read so that a wrong type or a doubled field is noticed")]
    version: Option<String>,
}

impl Envelope {
    /// The status, whichever of its two names it goes by. Two that differ are no status.
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
