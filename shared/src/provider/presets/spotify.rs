//! Spotify (<https://developer.spotify.com/documentation/web-api/tutorials/code-flow>).
//!
//! The host of a redirect URI may not be `localhost`: on a developer's machine, use `http://127.0.0.1:3000/auth`
//! (<https://developer.spotify.com/documentation/web-api/concepts/redirect_uri>). `show_dialog` asks for consent again
//! and offers a link to switch accounts. PKCE uses S256
//! (<https://accounts.spotify.com/.well-known/openid-configuration>). Name and picture require no scope, and browsers
//! may request them: Spotify's own SDK does
//! (<https://app.unpkg.com/@spotify/web-api-ts-sdk@1.2.0/files/example/script.ts>). A wrong redirect URI is reported as
//! `invalid_grant` (<https://github.com/spotify/web-api/issues/514>).

use crate::pkce::Method;
use crate::provider::{ClientAuth, Preset, ProfileConfig};

/// Spotify.
pub(super) static PRESET: Preset = Preset {
    id: "spotify",
    name: Some("Spotify"),
    authorize_url: Some("https://accounts.spotify.com/authorize"),
    token_url: Some("https://accounts.spotify.com/api/token"),
    profile_url: Some("https://api.spotify.com/v1/me"),
    api_url: Some("https://api.spotify.com/v1"),
    choose_account: Some("show_dialog=true"),
    client_auth: &[ClientAuth::Basic, ClientAuth::Post],
    pkce: &[Some(Method::S256), None],
    profile,
    picture_origins: &["https://i.scdn.co", "https://*.fbcdn.net", "https://platform-lookaside.fbsbx.com"],
    ..Preset::OAUTH2
};

/// The name is optional, and the list of pictures may be empty
/// (<https://app.unpkg.com/@spotify/web-api-ts-sdk@1.2.0/files/src/test/data/validUser.ts>).
fn profile() -> ProfileConfig {
    ProfileConfig {
        name: ["/display_name".into(), "/id".into()].into(),
        picture: Some("/images/0/url".into()),
        ..ProfileConfig::openid()
    }
}
