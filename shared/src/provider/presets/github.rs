//! GitHub, for OAuth apps and GitHub Apps alike ("Authorizing OAuth apps",
//! <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps>).
//!
//! The client authenticates in the body. Responses are JSON if `Accept` requests it. Errors have HTTP status 200 and
//! GitHub's own codes: `bad_verification_code`, `incorrect_client_credentials`, `redirect_uri_mismatch`
//! ("Troubleshooting OAuth app access token request errors", in the same documentation). PKCE supports only S256
//! (<https://github.blog/changelog/2025-07-14-pkce-support-for-oauth-and-github-app-authentication/>). The token
//! response of an OAuth app has no expiry; that of a GitHub App has `expires_in` and a refresh token.
//! `prompt=select_account` shows the account picker. The profile requires no scope, and browsers may request it
//! (`Access-Control-Allow-Origin: *`; "Using CORS and JSONP to make cross-origin requests"). Callbacks have carried
//! `iss` since April 2026 (<https://github.com/nextauthjs/next-auth/issues/13409>).

use crate::pkce::Method;
use crate::provider::{ClientAuth, Issuer, Preset, ProfileConfig, Revocation};

/// GitHub.
pub(super) static PRESET: Preset = Preset {
    id: "github",
    name: Some("GitHub"),
    authorize_url: Some("https://github.com/login/oauth/authorize"),
    token_url: Some("https://github.com/login/oauth/access_token"),
    profile_url: Some("https://api.github.com/user"),
    api_url: Some("https://api.github.com"),
    api_without: &["applications"],
    revocation: Revocation::GitHub,
    choose_account: Some("prompt=select_account"),
    issuer: Issuer::Default("https://github.com/login/oauth"),
    client_auth: &[ClientAuth::Post],
    // Companies' own GitHub servers got PKCE later than github.com.
    pkce: &[Some(Method::S256), None],
    profile,
    picture_origins: &["https://avatars.githubusercontent.com"],
    ..Preset::OAUTH2
};

/// `GET /user`. The member `name` is optional.
fn profile() -> ProfileConfig {
    ProfileConfig {
        name: ["/name".into(), "/login".into()].into(),
        picture: Some("/avatar_url".into()),
        ..ProfileConfig::openid()
    }
}
