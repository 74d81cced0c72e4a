//! Discord (<https://github.com/discord/discord-api-docs/blob/main/developers/topics/oauth2.mdx>).
//!
//! A scope is required; `identify` is the profile without the e-mail address. PKCE uses S256, and the client
//! authenticates in the header or in the body (<https://discord.com/.well-known/oauth-authorization-server>). That
//! metadata also advertises `iss`, but no callback with `iss` was found, so it is not required. Revoking one token
//! revokes everything that the person has granted the app, so none is revoked. `prompt=consent` asks for consent again
//! and shows the person's account, unlike `none`. A code is valid for 100 seconds
//! (<https://github.com/discord/discord-api-docs/issues/2526>).

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
    api_without: &["oauth2"],
    choose_account: Some("prompt=consent"),
    client_auth: &[ClientAuth::Post, ClientAuth::Basic],
    pkce: &[Some(Method::S256), None],
    scope: Scope::Default("identify"),
    profile,
    picture_origins: &["https://cdn.discordapp.com"],
    ..Preset::OAUTH2
};

/// "User" and "Image formatting" in the same documentation. Default avatars are not shown.
fn profile() -> ProfileConfig {
    ProfileConfig {
        name: ["/global_name".into(), "/username".into()].into(),
        picture: Some("https://cdn.discordapp.com/avatars/{/id}/{/avatar}.png".into()),
        ..ProfileConfig::openid()
    }
}
