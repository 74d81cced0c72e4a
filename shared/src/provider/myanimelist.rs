//! MyAnimeList ("MyAnimeList authorization", <https://myanimelist.net/apiconfig/references/authorization>), for apps of
//! the type `web`, which have a secret.
//!
//! It wants PKCE and takes only `plain`, and takes id and secret in the body or in the header. Its tokens last an hour
//! and bring a refresh token, which goes no further than here. Who has logged in is at
//! `https://api.myanimelist.net/v2/users/@me` (<https://myanimelist.net/apiconfig/references/api/v2>), which sends no CORS
//! headers: a browser may not ask, so none is told the address.

use super::{ClientAuth, ExchangeError, Preset, Token, TokenEndpoint, rfc6749};
use crate::pkce::Method;

/// It reports a grant that it does not accept as `invalid_request`
/// (<https://github.com/kodjodevf/mangayomi/pull/534>).
const DIALECT: rfc6749::Dialect = rfc6749::Dialect { invalid_request_means_code: true };

/// The provider MyAnimeList.
pub(super) struct MyAnimeList;

impl TokenEndpoint for MyAnimeList {
    fn id(&self) -> &'static str {
        "myanimelist"
    }

    fn preset(&self) -> Preset {
        Preset {
            name: Some("MyAnimeList"),
            authorize_url: Some("https://myanimelist.net/v1/oauth2/authorize"),
            token_url: Some("https://myanimelist.net/v1/oauth2/token"),
            profile_url: None,
            client_auth: &[ClientAuth::Post, ClientAuth::Basic],
            pkce: &[Some(Method::Plain)],
            takes_scope: true,
            sends_issuer: false,
        }
    }

    fn answer(&self, status: u16, body: &[u8], now: u64) -> Result<Token, ExchangeError> {
        rfc6749::read(status, body, now, DIALECT)
    }
}
