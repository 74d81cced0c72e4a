//! A server of RFC 6749 that is nobody's in particular, with PKCE and OpenID's UserInfo.

use crate::fault::Endpoint;
use crate::service::Ways;

pub(crate) struct OAuth2;

impl Ways for OAuth2 {
    fn id(&self) -> &'static str {
        "oauth2"
    }

    fn name(&self) -> &'static str {
        "OAuth 2.0"
    }

    fn path(&self, at: Endpoint) -> &'static str {
        match at {
            Endpoint::Authorize => "/authorize",
            Endpoint::Token => "/token",
            Endpoint::Profile => "/userinfo",
        }
    }

    /// With characters that `Basic` has to encode.
    fn client(&self) -> (&'static str, &'static str) {
        ("emulator:demo", "a secret/that is + public")
    }
}
