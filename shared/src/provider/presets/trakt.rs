//! Trakt, at the host that it has for logins since July 2026
//! (<https://github.com/trakt/trakt-api/blob/586224bf1b7d7e24fef194ca3f1acfed59d536c7/projects/api/src/contracts/oauth/index.ts>).
//!
//! The exchange is JSON, and `Basic` is refused (<https://github.com/trakt/trakt-api/pull/903>). Without a challenge of the
//! client's own it puts one into the request that cannot be met (<https://github.com/trakt/trakt-api/issues/887>). Apps that
//! were registered since October 2026 have no secret: those need no function. Its API answers browsers only for the origins
//! that the app's settings list (<https://github.com/trakt/trakt-api/issues/348>), and its pictures may not be embedded
//! (<https://next-auth.js.org/providers/trakt>).

use crate::pkce::Method;
use crate::provider::rfc6749::Rfc6749;
use crate::provider::{ClientAuth, Issuer, Preset, ProfileConfig, Scope};

/// Trakt.
pub(super) static PRESET: Preset = Preset {
    id: "trakt",
    name: Some("Trakt"),
    authorize_url: Some("https://auth.trakt.tv/oauth/authorize"),
    token_url: Some("https://auth.trakt.tv/oauth/token"),
    profile_url: Some("https://api.trakt.tv/users/settings"),
    api_url: Some("https://api.trakt.tv"),
    issuer: Issuer::Configurable,
    client_auth: &[ClientAuth::Post],
    pkce: &[Some(Method::S256)],
    scope: Scope::Optional,
    token_endpoint: &Rfc6749 { takes_json: true, ..Rfc6749::STANDARD },
    profile,
    ..Preset::OAUTH2
};

/// <https://docs.trakt.tv/docs/required-headers>; `settingsResponseSchema.ts` of its source.
fn profile() -> ProfileConfig {
    ProfileConfig {
        headers: ["trakt-api-version:2", "trakt-api-key:{client_id}"].map(Into::into).into(),
        name: ["/user/name".into(), "/user/username".into()].into(),
        picture: None,
        ..ProfileConfig::openid()
    }
}
