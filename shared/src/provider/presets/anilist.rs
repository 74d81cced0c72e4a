//! AniList ("Authorization Code Grant", <https://docs.anilist.co/guide/auth/authorization-code>).
//!
//! Its documentation shows the exchange with id and secret in a JSON body; the same members are taken as a form, as
//! others send them (<https://arcticjs.dev/providers/anilist>). It speaks of no scopes and of no PKCE. Its tokens are JWTs
//! that last a year and are not renewed (<https://docs.anilist.co/guide/auth>). Who is signed in is asked for with
//! GraphQL, the query `{ Viewer { … } }` by `POST`; browsers may ask. Since August 2026 that address answers 403 to requests
//! without a `Referer`, and any value helps (<https://github.com/lawrenceli0228/animego/pull/170>,
//! <https://github.com/kodjodevf/mangayomi/pull/911>): so these requests carry the page's origin, and no more.

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
    // It reports a code that it does not accept as `invalid_request`
    // (<https://github.com/joshstar/AniList-API-Docs/issues/153>). Where the answer does not say when the token ends, the
    // token does.
    token_endpoint: &Rfc6749 { invalid_request_means_code: true, token_has_expiry: true, ..Rfc6749::STANDARD },
    profile,
    picture_origins: &["https://s4.anilist.co"],
    ..Preset::OAUTH2
};

/// The `Viewer` is the person whose token it is. The query is always the same, so what is wrong with it is the token:
/// that is HTTP 400 here (<https://github.com/z411/trackma/issues/555>).
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
