//! GitHub, for OAuth apps and GitHub Apps alike ("Authorizing OAuth apps",
//! <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps>).
//!
//! It takes the client's id and secret in the body, and answers in JSON where `Accept` asks for it, refusals with HTTP 200
//! and with names of its own: `bad_verification_code`, `incorrect_client_credentials`, `redirect_uri_mismatch`
//! ("Troubleshooting OAuth app access token request errors", in the same documentation). Of PKCE it takes only S256
//! (<https://github.blog/changelog/2025-07-14-pkce-support-for-oauth-and-github-app-authentication/>). An OAuth app's
//! token says nothing of its end, a GitHub App's has `expires_in`. Who is signed in is asked for without any scope.
//! Browsers may ask (`Access-Control-Allow-Origin: *`; "Using CORS and JSONP to make cross-origin requests"). Its callback has `iss` since April
//! 2026 (<https://github.com/nextauthjs/next-auth/issues/13409>).

use crate::pkce::Method;
use crate::provider::{ClientAuth, Issuer, Preset, ProfileConfig};

/// GitHub.
pub(super) static PRESET: Preset = Preset {
    id: "github",
    name: Some("GitHub"),
    authorize_url: Some("https://github.com/login/oauth/authorize"),
    token_url: Some("https://github.com/login/oauth/access_token"),
    profile_url: Some("https://api.github.com/user"),
    api_url: Some("https://api.github.com"),
    issuer: Issuer::Default("https://github.com/login/oauth"),
    client_auth: &[ClientAuth::Post],
    // Servers of a company's own learned it later than github.com.
    pkce: &[Some(Method::S256), None],
    profile,
    picture_origins: &["https://avatars.githubusercontent.com"],
    ..Preset::OAUTH2
};

/// `GET /user`. The name is optional there.
fn profile() -> ProfileConfig {
    ProfileConfig {
        name: ["/name".into(), "/login".into()].into(),
        picture: Some("/avatar_url".into()),
        ..ProfileConfig::openid()
    }
}
