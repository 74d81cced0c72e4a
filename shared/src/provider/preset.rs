//! What is known of a provider before anything is configured, and what can be configured of it at all.

use alloc::string::String;

use super::{ProfileConfig, TokenEndpoint, rfc6749};
use crate::pkce;

/// A provider's facts. If there are several options, the first is the default.
pub struct Preset {
    /// Its name in `OAUTH_PROVIDER`.
    pub id: &'static str,
    /// The name to show. `None`: the host of its login page.
    pub name: Option<&'static str>,
    /// What its addresses begin with, if there is more than one server of its kind.
    pub base_url: BaseUrl,
    /// The authorization endpoint (RFC 6749, 3.1); here and below, [`BASE`] stands for the base URL. `None`: it has to be
    /// configured.
    pub authorize_url: Option<&'static str>,
    /// The token endpoint (RFC 6749, 3.2). `None`: it has to be configured.
    pub token_url: Option<&'static str>,
    /// Where the app asks who is signed in; [`CLIENT_ID`](super::CLIENT_ID) stands for the client's id. `None`: it is unknown,
    /// or a browser may not ask there (CORS).
    pub profile_url: Option<&'static str>,
    /// What every address of its API starts with, without a `/` at the end. `None`: an API of the provider's is unknown.
    pub api_url: Option<&'static str>,
    /// The revocation endpoint (RFC 7009). `None`: there is none, or it ends more than the one session.
    pub revoke_url: Option<&'static str>,
    /// Where the person logs out of the provider itself.
    pub logout_url: Option<&'static str>,
    /// What it says about itself in a callback.
    pub issuer: Issuer,
    /// How the client may be authenticated. Empty: in a way of the provider's own.
    pub client_auth: &'static [ClientAuth],
    /// What PKCE it takes; `None` is to do without.
    pub pkce: &'static [Option<pkce::Method>],
    /// The scopes to ask for.
    pub scope: Scope,
    /// How a code is exchanged.
    pub token_endpoint: &'static dyn TokenEndpoint,
    /// How the app asks who is signed in, and reads the answer.
    pub profile: fn() -> ProfileConfig,
    /// The origins of its pictures of people, as a content security policy lists them. Empty: any.
    pub picture_origins: &'static [&'static str],
}

/// The part of an address for which the base URL stands, without a `/` at its end.
pub const BASE: &str = "{base}";

impl Preset {
    /// What holds of any server of RFC 6749 (with RFC 9700, 2.1.1: PKCE by S256).
    pub const OAUTH2: Self = Self {
        id: "oauth2",
        name: None,
        base_url: BaseUrl::None,
        authorize_url: None,
        token_url: None,
        profile_url: None,
        api_url: None,
        revoke_url: None,
        logout_url: None,
        issuer: Issuer::Configurable,
        client_auth: &[ClientAuth::Basic, ClientAuth::Post],
        pkce: &[Some(pkce::Method::S256), Some(pkce::Method::Plain), None],
        scope: Scope::Optional,
        token_endpoint: &rfc6749::Rfc6749::STANDARD,
        profile: ProfileConfig::openid,
        picture_origins: &[],
    };
}

/// A preset's address, with the base URL in its place; `None` if that is not known.
pub fn at_base(address: &str, base_url: Option<&str>) -> Option<String> {
    match address.strip_prefix(BASE) {
        Some(rest) => Some([base_url?, rest].concat()),
        None => Some(address.into()),
    }
}

/// What the addresses of a provider begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseUrl {
    /// There is one server, whose addresses are known.
    None,
    /// There are more servers than this one.
    Default(&'static str),
    /// Each has its own, as in this example.
    Required(&'static str),
}

impl BaseUrl {
    /// The one that needs no configuration.
    pub fn default(self) -> Option<&'static str> {
        match self {
            Self::Default(url) => Some(url),
            Self::None | Self::Required(_) => None,
        }
    }
}

/// Whether a provider names itself in its callbacks, by `iss` (RFC 9207).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// It never does.
    Never,
    /// It may; whether and how has to be configured.
    Configurable,
    /// It does, by this name, which may begin with [`BASE`].
    Default(&'static str),
}

/// The scopes that a provider takes (RFC 6749, 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// None at all.
    Unknown,
    /// Any, and none by default.
    Optional,
    /// Any, and these by default.
    Default(&'static str),
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
