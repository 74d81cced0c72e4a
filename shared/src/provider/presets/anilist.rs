//! AniList ("Authorization Code Grant", <https://docs.anilist.co/guide/auth/authorization-code>).
//!
//! The documentation shows a token request with ID and secret in a JSON body. A form with the same members is accepted,
//! too, and other clients send one (<https://arcticjs.dev/providers/anilist>). The documentation mentions neither
//! scopes nor PKCE. Tokens are JWTs that last a year and cannot be renewed (<https://docs.anilist.co/guide/auth>). The
//! profile is a GraphQL query, `{ Viewer { … } }`, sent by `POST`; browsers may send it. Since August 2026 the API
//! responds with 403 to requests without a `Referer`, and any value is accepted
//! (<https://github.com/lawrenceli0228/animego/pull/170>, <https://github.com/kodjodevf/mangayomi/pull/911>), so these
//! requests send only the page's origin.

use crate::provider::rfc6749::Rfc6749;
use crate::provider::{ClientAuth, Issuer, Preset, ProfileConfig, Scope};

/// AniList.
pub(super) static PRESET: Preset = Preset {
    id: "anilist",
    name: Some("AniList"),
    authorize_url: Some("https://anilist.co/api/v2/oauth/authorize"),
    token_url: Some("https://anilist.co/api/v2/oauth/token"),
    profile_url: Some("https://graphql.anilist.co/"),
    api_url: Some("https://graphql.anilist.co"),
    issuer: Issuer::Never,
    client_auth: &[ClientAuth::Post],
    pkce: &[None],
    scope: Scope::Unknown,
    // An invalid code is reported as `invalid_request` (<https://github.com/joshstar/AniList-API-Docs/issues/153>). If
    // the response has no expiry, the token's own is used. There is a refresh token, but according to the documentation
    // it cannot be used.
    provider: &Rfc6749 {
        invalid_request_means_code: true,
        token_has_expiry: true,
        never_renews: true,
        ..Rfc6749::STANDARD
    },
    profile,
    picture_origins: &["https://s4.anilist.co"],
    ..Preset::OAUTH2
};

/// `Viewer` is the owner of the token. The query is always the same, so HTTP 400 means that the token was rejected
/// (<https://github.com/z411/trackma/issues/555>).
fn profile() -> ProfileConfig {
    ProfileConfig {
        query: Some(r#"{"query":"{Viewer{name avatar{large}}}"}"#.into()),
        refused: Some(400),
        name: ["/data/Viewer/name".into()].into(),
        picture: Some("/data/Viewer/avatar/large".into()),
        referrer: true,
        ..ProfileConfig::openid()
    }
}
