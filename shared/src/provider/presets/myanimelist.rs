//! MyAnimeList ("MyAnimeList authorization", <https://myanimelist.net/apiconfig/references/authorization>), for apps of
//! type `web`, which have a secret.
//!
//! PKCE is required, and only `plain` is supported. The client authenticates in the body or in the header. Tokens last
//! an hour and come with a refresh token. The profile is at `https://api.myanimelist.net/v2/users/@me`
//! (<https://myanimelist.net/apiconfig/references/api/v2>), which sends no CORS headers, so browsers may not request
//! it. Only the function gets that URL.

use crate::pkce::Method;
use crate::provider::rfc6749::Rfc6749;
use crate::provider::{ClientAuth, Issuer, Preset};

/// MyAnimeList.
pub(super) static PRESET: Preset = Preset {
    id: "myanimelist",
    name: Some("MyAnimeList"),
    authorize_url: Some("https://myanimelist.net/v1/oauth2/authorize"),
    token_url: Some("https://myanimelist.net/v1/oauth2/token"),
    function_profile_url: Some("https://api.myanimelist.net/v2/users/@me"),
    issuer: Issuer::Never,
    client_auth: &[ClientAuth::Post, ClientAuth::Basic],
    pkce: &[Some(Method::Plain)],
    // An invalid grant is reported as `invalid_request` (<https://github.com/kodjodevf/mangayomi/pull/534>).
    provider: &Rfc6749 { invalid_request_means_code: true, ..Rfc6749::STANDARD },
    ..Preset::OAUTH2
};
