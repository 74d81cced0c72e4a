//! Bangumi, bgm.tv (<https://github.com/bangumi/api/blob/master/docs-raw/How-to-Auth.md>).
//!
//! A code is valid for 60 seconds, a token for a week. Scopes are "not yet implemented", and PKCE is not documented. A
//! client has one redirect URI. The API rejects the default `User-Agent` of many libraries
//! (<https://github.com/bangumi/api/blob/master/docs-raw/user%20agent.md>). Browsers may request the profile
//! (<https://github.com/bangumi/server/blob/HEAD/web/new.go>); `GET /v0/me` is documented in
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
    provider: &Rfc6749 { messages: MESSAGES, ..Rfc6749::STANDARD },
    profile,
    picture_origins: &["https://lain.bgm.tv"],
    ..Preset::OAUTH2
};

/// The messages of the new server (<https://github.com/bangumi/server-private/blob/HEAD/routes/oauth/index.ts>), whose
/// errors have no error codes of RFC 6749. The current server has them.
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
