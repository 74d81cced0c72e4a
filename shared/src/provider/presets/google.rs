//! Google (<https://developers.google.com/identity/protocols/oauth2/web-server>,
//! <https://accounts.google.com/.well-known/openid-configuration>).
//!
//! Its callback has `iss` since spring 2026 (<https://github.com/openiddict/openiddict-core/issues/2428>; the metadata's
//! `authorization_response_iss_parameter_supported` is in <https://developers.google.com/identity/openid-connect/reference>).
//! Revoking one token ends all that the person has given the whole project, so none is revoked.

use crate::pkce::Method;
use crate::provider::{ClientAuth, Issuer, Preset, Scope};

/// Google. Its profile is OpenID Connect's.
pub(super) static PRESET: Preset = Preset {
    id: "google",
    name: Some("Google"),
    authorize_url: Some("https://accounts.google.com/o/oauth2/v2/auth"),
    token_url: Some("https://oauth2.googleapis.com/token"),
    profile_url: Some("https://openidconnect.googleapis.com/v1/userinfo"),
    api_url: Some("https://www.googleapis.com"),
    issuer: Issuer::Default("https://accounts.google.com"),
    client_auth: &[ClientAuth::Post, ClientAuth::Basic],
    pkce: &[Some(Method::S256), Some(Method::Plain), None],
    scope: Scope::Default("openid profile"),
    picture_origins: &["https://*.googleusercontent.com"],
    ..Preset::OAUTH2
};
