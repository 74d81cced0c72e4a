//! Keycloak (<https://www.keycloak.org/securing-apps/oidc-layers>). The base URL is that of a realm.
//!
//! Callbacks have carried `iss`, the realm, since version 23 (<https://github.com/keycloak/keycloak/pull/20621>). The
//! client's setting "Exclude Issuer From Authentication Response" must be off, or `OAUTH_ISSUER` must be `none`.
//! Browsers may send requests from the origins in the client's "Web origins". There is a picture only if the realm has
//! an attribute for it. Revoking a refresh token ends all of the person's sessions with the client
//! (`TokenRevocationEndpoint` of <https://github.com/keycloak/keycloak>), so none is revoked.

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
    logout_url: Some("{base}/protocol/openid-connect/logout"),
    choose_account: Some("prompt=login"),
    issuer: Issuer::Default(BASE),
    client_auth: &[ClientAuth::Basic, ClientAuth::Post],
    pkce: &[Some(Method::S256), Some(Method::Plain), None],
    scope: Scope::Default("openid profile"),
    ..Preset::OAUTH2
};
