//! MyAnimeList ("MyAnimeList authorization", <https://myanimelist.net/apiconfig/references/authorization>), for apps of
//! the type `web`, which have a secret.
//!
//! It requires PKCE and takes only `plain`, and takes id and secret in the body or in the header. Its tokens last an hour
//! and bring a refresh token, which goes no further than here. Who is signed in is at
//! `https://api.myanimelist.net/v2/users/@me` (<https://myanimelist.net/apiconfig/references/api/v2>), which sends no CORS
//! headers: a browser may not ask, so the app does not get the address.

use crate::pkce::Method;
use crate::provider::rfc6749::Rfc6749;
use crate::provider::{ClientAuth, Issuer, Preset};

/// MyAnimeList.
pub(super) static PRESET: Preset = Preset {
    id: "myanimelist",
    name: Some("MyAnimeList"),
    authorize_url: Some("https://myanimelist.net/v1/oauth2/authorize"),
    token_url: Some("https://myanimelist.net/v1/oauth2/token"),
    issuer: Issuer::Never,
    client_auth: &[ClientAuth::Post, ClientAuth::Basic],
    pkce: &[Some(Method::Plain)],
    // It reports a grant that it does not accept as `invalid_request`
    // (<https://github.com/kodjodevf/mangayomi/pull/534>).
    token_endpoint: &Rfc6749 { invalid_request_means_code: true, ..Rfc6749::STANDARD },
    ..Preset::OAUTH2
};
