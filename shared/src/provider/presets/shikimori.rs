//! Shikimori, which runs doorkeeper (its guide: <https://shikimori.io/oauth>, in the source
//! <https://github.com/shikimori/shikimori/blob/master/app/views/pages/oauth.html.slim>).
//!
//! It has been at `shikimori.io` since January 2026. Its former hosts redirect, and a token request does not survive a
//! redirect (<https://github.com/z411/trackma/pull/837>). It requires a `User-Agent`, which every request of the
//! function has. The database cannot store a PKCE challenge, and `iss` is not sent. Tokens last a day. Browsers
//! may request the profile (`config/application.rb`). Pictures are on the same host.

use crate::provider::{ClientAuth, Issuer, Preset, ProfileConfig};

/// Shikimori.
pub(super) static PRESET: Preset = Preset {
    id: "shikimori",
    name: Some("Shikimori"),
    authorize_url: Some("https://shikimori.io/oauth/authorize"),
    token_url: Some("https://shikimori.io/oauth/token"),
    profile_url: Some("https://shikimori.io/api/users/whoami"),
    api_url: Some("https://shikimori.io/api"),
    revoke_url: Some("https://shikimori.io/oauth/revoke"),
    issuer: Issuer::Never,
    client_auth: &[ClientAuth::Post, ClientAuth::Basic],
    pkce: &[None],
    profile,
    picture_origins: &["https://shikimori.io"],
    ..Preset::OAUTH2
};

/// `app/serializers/user_serializer.rb`. The response to an unknown token can be HTTP 200 and `null`.
fn profile() -> ProfileConfig {
    ProfileConfig { name: ["/nickname".into()].into(), picture: Some("/image/x160".into()), ..ProfileConfig::openid() }
}
