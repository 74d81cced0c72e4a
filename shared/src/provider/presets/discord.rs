//! Discord (<https://github.com/discord/discord-api-docs/blob/main/developers/topics/oauth2.mdx>).
//!
//! A scope is required; `identify` is the person without the e-mail address. PKCE is by S256, and the client shows its secret
//! in the header or in the body (<https://discord.com/.well-known/oauth-authorization-server>). That page also announces
//! `iss`, but no callback with it was found, so none is required. Revoking one token revokes all that the person has given
//! the app, so none is revoked. A code lives for 100 seconds (<https://github.com/discord/discord-api-docs/issues/2526>).

use crate::pkce::Method;
use crate::provider::{ClientAuth, Preset, ProfileConfig, Scope};

/// Discord.
pub(super) static PRESET: Preset = Preset {
    id: "discord",
    name: Some("Discord"),
    authorize_url: Some("https://discord.com/oauth2/authorize"),
    token_url: Some("https://discord.com/api/oauth2/token"),
    profile_url: Some("https://discord.com/api/v10/users/@me"),
    api_url: Some("https://discord.com/api/v10"),
    client_auth: &[ClientAuth::Post, ClientAuth::Basic],
    pkce: &[Some(Method::S256), None],
    scope: Scope::Default("identify"),
    profile,
    picture_origins: &["https://cdn.discordapp.com"],
    ..Preset::OAUTH2
};

/// "User" and "Image formatting" in the same documentation. Without a picture of their own a person has none here.
fn profile() -> ProfileConfig {
    ProfileConfig {
        name: ["/global_name".into(), "/username".into()].into(),
        picture: Some("https://cdn.discordapp.com/avatars/{/id}/{/avatar}.png".into()),
        ..ProfileConfig::openid()
    }
}
