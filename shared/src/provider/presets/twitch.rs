//! Twitch (<https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/>,
//! <https://id.twitch.tv/oauth2/.well-known/openid-configuration>).
//!
//! The client authenticates only in the body (<https://github.com/nextauthjs/next-auth/issues/6363>), PKCE is not
//! supported (<https://github.com/twitchdev/issues/issues/1097>), and the profile requires no scope. An error has no
//! error code, only a message; for refresh tokens see <https://dev.twitch.tv/docs/authentication/refresh-tokens/>. The
//! API requires the client ID in a header (<https://dev.twitch.tv/docs/api/reference/#get-users>).

use crate::provider::rfc6749::{Meaning, Rfc6749};
use crate::provider::{ClientAuth, ClientFault, Issuer, Preset, ProfileConfig};

/// Twitch.
pub(super) static PRESET: Preset = Preset {
    id: "twitch",
    name: Some("Twitch"),
    authorize_url: Some("https://id.twitch.tv/oauth2/authorize"),
    token_url: Some("https://id.twitch.tv/oauth2/token"),
    profile_url: Some("https://api.twitch.tv/helix/users"),
    api_url: Some("https://api.twitch.tv/helix"),
    revoke_url: Some("https://id.twitch.tv/oauth2/revoke"),
    choose_account: Some("force_verify=true"),
    issuer: Issuer::Never,
    client_auth: &[ClientAuth::Post],
    pkce: &[None],
    provider: &Rfc6749 { messages: MESSAGES, ..Rfc6749::STANDARD },
    profile,
    picture_origins: &["https://static-cdn.jtvnw.net"],
    ..Preset::OAUTH2
};

/// <https://github.com/nicklaw5/helix/blob/main/authentication_test.go>,
/// <https://github.com/PhantomBot/PhantomBot/issues/2401>, <https://github.com/kanimaru/twitcher/issues/73>,
/// <https://github.com/twitchdev/issues/issues/1042>
const MESSAGES: &[(&str, Meaning)] = &[
    ("Invalid authorization code", Meaning::Code),
    ("Invalid grant", Meaning::Code),
    ("Invalid refresh token", Meaning::Code),
    ("invalid client", Meaning::Client(ClientFault::ID)),
    ("missing client id", Meaning::Client(ClientFault::ID)),
    ("invalid client secret", Meaning::Client(ClientFault::SECRET)),
    ("missing client secret", Meaning::Client(ClientFault::SECRET)),
    ("Parameter redirect_uri does not match registered URI", Meaning::Client(ClientFault::REDIRECT_URI)),
];

fn profile() -> ProfileConfig {
    ProfileConfig {
        headers: ["client-id:{client_id}".into()].into(),
        name: ["/data/0/display_name".into(), "/data/0/login".into()].into(),
        picture: Some("/data/0/profile_image_url".into()),
        ..ProfileConfig::openid()
    }
}
