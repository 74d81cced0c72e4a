//! A generic server that follows RFC 6749, with PKCE and OpenID Connect's UserInfo.

use crate::behaviour::Behaviour;
use crate::paths::Paths;

pub(crate) struct OAuth2;

impl Behaviour for OAuth2 {
    fn id(&self) -> &'static str {
        "oauth2"
    }

    fn name(&self) -> &'static str {
        "OAuth 2.0"
    }

    fn paths(&self) -> Paths {
        Paths { authorize: "/authorize", token: "/token", profile: "/userinfo", ..Paths::NONE }
    }

    /// The credentials have characters that must be encoded for `Basic`.
    fn client(&self) -> (&'static str, &'static str) {
        ("emulator:demo", "a secret/that is + public")
    }
}
