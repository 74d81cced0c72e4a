//! Annict, a server of doorkeeper (<https://developers.annict.com/docs/authentication/oauth>).
//!
//! Its tokens do not end, and there is no refresh token. Its database has no room for a PKCE challenge, and it does not send
//! `iss` (<https://github.com/annict/annict>). Browsers may ask (`config/application.rb`). The answer would have the e-mail
//! address, so only what is shown is asked for (<https://developers.annict.com/docs/rest-api/v1/me>).

use crate::provider::{ClientAuth, Issuer, Preset, ProfileConfig, Scope};

/// Annict.
pub(super) static PRESET: Preset = Preset {
    id: "annict",
    name: Some("Annict"),
    authorize_url: Some("https://annict.com/oauth/authorize"),
    token_url: Some("https://api.annict.com/oauth/token"),
    profile_url: Some("https://api.annict.com/v1/me?fields=username,name,avatar_url"),
    api_url: Some("https://api.annict.com"),
    revoke_url: Some("https://api.annict.com/oauth/revoke"),
    issuer: Issuer::Never,
    client_auth: &[ClientAuth::Post, ClientAuth::Basic],
    pkce: &[None],
    scope: Scope::Default("read"),
    profile,
    picture_origins: &["https://image.annict.com", "https://api-assets.annict.com"],
    ..Preset::OAUTH2
};

fn profile() -> ProfileConfig {
    ProfileConfig {
        name: ["/name".into(), "/username".into()].into(),
        picture: Some("/avatar_url".into()),
        ..ProfileConfig::openid()
    }
}
