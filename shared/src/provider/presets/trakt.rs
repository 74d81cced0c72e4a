//! Trakt, at the host that it has used for logins since July 2026
//! (<https://github.com/trakt/trakt-api/blob/586224bf1b7d7e24fef194ca3f1acfed59d536c7/projects/api/src/contracts/oauth/index.ts>).
//!
//! The token request is JSON, and `Basic` is rejected (<https://github.com/trakt/trakt-api/pull/903>). If the client
//! sends no challenge, Trakt adds one to the request that the client cannot meet
//! (<https://github.com/trakt/trakt-api/issues/887>). Apps registered since October 2026 have no secret, and so need no
//! function. Browsers may use the API only from the origins in the app's settings
//! (<https://github.com/trakt/trakt-api/issues/348>), and its pictures may not be embedded
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
    api_without: &["oauth"],
    issuer: Issuer::Configurable,
    client_auth: &[ClientAuth::Post],
    pkce: &[Some(Method::S256)],
    scope: Scope::Optional,
    provider: &Rfc6749 { takes_json: true, renewal_has_redirect_uri: true, ..Rfc6749::STANDARD },
    profile,
    ..Preset::OAUTH2
};

/// <https://docs.trakt.tv/docs/required-headers>; `settingsResponseSchema.ts` in its source.
fn profile() -> ProfileConfig {
    ProfileConfig {
        headers: ["trakt-api-version:2", "trakt-api-key:{client_id}"].map(Into::into).into(),
        name: ["/user/name".into(), "/user/username".into()].into(),
        picture: None,
        ..ProfileConfig::openid()
    }
}
