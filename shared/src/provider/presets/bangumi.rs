//! Bangumi, bgm.tv (<https://github.com/bangumi/api/blob/master/docs-raw/How-to-Auth.md>).
//!
//! A code lives for 60 seconds, a token for a week. Scopes are "not yet implemented" there, and PKCE is not documented. A
//! client has one redirect URI. Its API refuses the `User-Agent` of many libraries
//! (<https://github.com/bangumi/api/blob/master/docs-raw/user%20agent.md>). Browsers may ask
//! (<https://github.com/bangumi/server/blob/HEAD/web/new.go>), and `GET /v0/me` is in
//! <https://github.com/bangumi/api/blob/master/open-api/v0.yaml>.

use crate::provider::rfc6749::{Meaning, Rfc6749};
use crate::provider::{ClientAuth, ClientFault, Issuer, Preset, ProfileConfig, Scope};

/// Bangumi.
pub(super) static PRESET: Preset = Preset {
    id: "bangumi",
    name: Some("Bangumi"),
    authorize_url: Some("https://bgm.tv/oauth/authorize"),
    token_url: Some("https://bgm.tv/oauth/access_token"),
    profile_url: Some("https://api.bgm.tv/v0/me"),
    api_url: Some("https://api.bgm.tv"),
    issuer: Issuer::Never,
    client_auth: &[ClientAuth::Post],
    pkce: &[None],
    scope: Scope::Unknown,
    token_endpoint: &Rfc6749 { messages: MESSAGES, ..Rfc6749::STANDARD },
    profile,
    picture_origins: &["https://lain.bgm.tv"],
    ..Preset::OAUTH2
};

/// Of its new server (<https://github.com/bangumi/server-private/blob/HEAD/routes/oauth/index.ts>), whose refusals have no error
/// codes of RFC 6749. Its present one has them.
const MESSAGES: &[(&str, Meaning)] = &[
    ("Invalid authorization code", Meaning::Code),
    ("App does not exist", Meaning::Client(ClientFault::ID)),
    ("Invalid client secret", Meaning::Client(ClientFault::SECRET)),
    ("Redirect URI mismatch", Meaning::Client(ClientFault::REDIRECT_URI)),
];

fn profile() -> ProfileConfig {
    ProfileConfig {
        name: ["/nickname".into(), "/username".into()].into(),
        picture: Some("/avatar/large".into()),
        ..ProfileConfig::openid()
    }
}
