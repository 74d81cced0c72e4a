//! Shikimori, a server of doorkeeper (its own guide: <https://shikimori.io/oauth>, in the source
//! <https://github.com/shikimori/shikimori/blob/master/app/views/pages/oauth.html.slim>).
//!
//! It is at `shikimori.io` since January 2026; the hosts that it had before redirect, and a redirect loses the exchange
//! (<https://github.com/z411/trackma/pull/837>). It requires a `User-Agent`, which every request of the function has. Its
//! database has no room for a PKCE challenge, and it does not send `iss`. Tokens last a day. Browsers may ask
//! (`config/application.rb`), and a picture is at its own host.

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

/// `app/serializers/user_serializer.rb`. An unknown token can get HTTP 200 and `null`.
fn profile() -> ProfileConfig {
    ProfileConfig { name: ["/nickname".into()].into(), picture: Some("/image/x160".into()), ..ProfileConfig::openid() }
}
