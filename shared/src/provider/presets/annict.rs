//! Annict, which runs doorkeeper (<https://developers.annict.com/docs/authentication/oauth>).
//!
//! Tokens do not expire, and there is no refresh token. The database cannot store a PKCE challenge, and `iss` is
//! not sent (<https://github.com/annict/annict>). Browsers may request the profile (`config/application.rb`). By
//! default it contains the e-mail address, so only the fields that are shown are requested
//! (<https://developers.annict.com/docs/rest-api/v1/me>).

use crate::provider::{ClientAuth, Issuer, Preset, ProfileConfig, Scope};

/// Annict.
pub(super) static PRESET: Preset = Preset {
    id: "annict",
    name: Some("Annict"),
    authorize_url: Some("https://annict.com/oauth/authorize"),
    token_url: Some("https://api.annict.com/oauth/token"),
    profile_url: Some("https://api.annict.com/v1/me?fields=username,name,avatar_url"),
    api_url: Some("https://api.annict.com"),
    api_without: &["oauth"],
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
