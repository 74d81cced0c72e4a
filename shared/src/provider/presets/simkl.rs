//! Simkl, version 2 of its login, which was introduced in September 2026 and replaces version 1 in March 2027
//! (<https://github.com/cenodude/CrossWatch/issues/1179>; a client that uses it is
//! <https://github.com/cenodude/CrossWatch/blob/HEAD/providers/auth/_auth_SIMKL.py>).
//!
//! PKCE with S256 is required, the token request must be a form, and callbacks carry `iss`
//! (<https://github.com/oowais/tsuzuku/blob/3d6c4e6dc3eba2f5607319a0799dd835bebce75d/docs/context.md>). Each request to
//! its API names the client and the app in its query (<https://api.simkl.org/conventions/headers>). Browsers may use it
//! ("CORS" in <https://github.com/SIMKL/API/blob/a1cabfd7080f4400abf8fb7aaf4cf1ff0ab08d2a/apiary.apib>).

use crate::pkce::Method;
use crate::provider::{ClientAuth, Issuer, Preset, ProfileConfig, Scope};

/// Simkl.
pub(super) static PRESET: Preset = Preset {
    id: "simkl",
    name: Some("Simkl"),
    authorize_url: Some("https://simkl.com/oauth2/authorize"),
    token_url: Some("https://api.simkl.com/oauth2/token"),
    profile_url: Some("https://api.simkl.com/users/settings?client_id={client_id}&app-name=aniapi-login&app-version=1"),
    api_url: Some("https://api.simkl.com"),
    api_without: &["oauth", "oauth2"],
    revoke_url: Some("https://api.simkl.com/oauth2/revoke"),
    issuer: Issuer::Default("https://simkl.com"),
    client_auth: &[ClientAuth::Post],
    pkce: &[Some(Method::S256)],
    scope: Scope::Default("media:read"),
    profile,
    picture_origins: &["https://simkl.in"],
    ..Preset::OAUTH2
};

/// <https://api.simkl.org/api-reference/simkl/get-user-settings>
fn profile() -> ProfileConfig {
    ProfileConfig {
        name: ["/user/name".into()].into(),
        picture: Some("/user/avatar".into()),
        ..ProfileConfig::openid()
    }
}
