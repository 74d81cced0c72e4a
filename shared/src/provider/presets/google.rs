//! Google (<https://developers.google.com/identity/protocols/oauth2/web-server>,
//! <https://accounts.google.com/.well-known/openid-configuration>).
//!
//! Callbacks have carried `iss` since spring 2026 (<https://github.com/openiddict/openiddict-core/issues/2428>; the
//! metadata's `authorization_response_iss_parameter_supported` is documented in
//! <https://developers.google.com/identity/openid-connect/reference>). `access_type=offline` requests a refresh token;
//! after the first time, one is issued only if the person is asked for consent again (same page). Revoking one token
//! ends everything that the person has granted to the whole project, so none is revoked.

use crate::pkce::Method;
use crate::provider::{AskToRenew, ClientAuth, Issuer, Preset, Scope};

/// Google. Its profile is OpenID Connect's.
pub(super) static PRESET: Preset = Preset {
    id: "google",
    name: Some("Google"),
    authorize_url: Some("https://accounts.google.com/o/oauth2/v2/auth"),
    token_url: Some("https://oauth2.googleapis.com/token"),
    profile_url: Some("https://openidconnect.googleapis.com/v1/userinfo"),
    api_url: Some("https://www.googleapis.com"),
    api_without: &["oauth2"],
    choose_account: Some("prompt=select_account"),
    issuer: Issuer::Default("https://accounts.google.com"),
    client_auth: &[ClientAuth::Post, ClientAuth::Basic],
    pkce: &[Some(Method::S256), Some(Method::Plain), None],
    scope: Scope::Default("openid profile"),
    ask_to_renew: AskToRenew { parameters: &[("access_type", "offline"), ("prompt", "consent")], scope: None },
    picture_origins: &["https://*.googleusercontent.com"],
    ..Preset::OAUTH2
};
