//! What is known of a provider before anything is configured, and what can be configured of it at all.

use crate::pkce;

/// A provider's facts. Where it can go more than one way, the first is the one that is gone unless configured otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// The name to show. `None`: the host of its login page.
    pub name: Option<&'static str>,
    /// Where people log in. `None`: it has to be configured.
    pub authorize_url: Option<&'static str>,
    /// Where codes are exchanged. `None`: it has to be configured.
    pub token_url: Option<&'static str>,
    /// Where the app asks who has logged in. `None`: nobody knows, or a browser may not ask there (CORS).
    pub profile_url: Option<&'static str>,
    /// How the client may be authenticated. Empty: in a way of the provider's own.
    pub client_auth: &'static [ClientAuth],
    /// What PKCE it takes; `None` is to do without.
    pub pkce: &'static [Option<pkce::Method>],
    /// Whether it knows scopes.
    pub takes_scope: bool,
    /// Whether it may say in the callback who it is (RFC 9207).
    pub sends_issuer: bool,
}

/// Where the client's id and secret stand in the exchange (RFC 6749, 2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// In the `Authorization` header: `client_secret_basic`.
    Basic,
    /// In the body: `client_secret_post`.
    Post,
}

impl ClientAuth {
    /// The name, as it is configured.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Post => "post",
        }
    }
}
