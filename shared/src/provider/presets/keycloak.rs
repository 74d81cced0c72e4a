//! Keycloak (<https://www.keycloak.org/securing-apps/oidc-layers>). The base URL is a realm's.
//!
//! Its callback has `iss`, the realm, since version 23 (<https://github.com/keycloak/keycloak/pull/20621>); a client's setting
//! "Exclude Issuer From Authentication Response" must be off, or `OAUTH_ISSUER=none`. It answers browsers on the origins that
//! the client's "Web origins" list. A picture is there only if the realm has an attribute for it.

use crate::pkce::Method;
use crate::provider::{BASE, BaseUrl, ClientAuth, Issuer, Preset, Scope};

/// Keycloak. Its profile is OpenID Connect's.
pub(super) static PRESET: Preset = Preset {
    id: "keycloak",
    name: Some("Keycloak"),
    base_url: BaseUrl::Required("https://HOST/realms/REALM"),
    authorize_url: Some("{base}/protocol/openid-connect/auth"),
    token_url: Some("{base}/protocol/openid-connect/token"),
    profile_url: Some("{base}/protocol/openid-connect/userinfo"),
    revoke_url: Some("{base}/protocol/openid-connect/revoke"),
    logout_url: Some("{base}/protocol/openid-connect/logout"),
    issuer: Issuer::Default(BASE),
    client_auth: &[ClientAuth::Basic, ClientAuth::Post],
    pkce: &[Some(Method::S256), Some(Method::Plain), None],
    scope: Scope::Default("openid profile"),
    ..Preset::OAUTH2
};
