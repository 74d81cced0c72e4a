//! Where a server's metadata lies, and what is in it.

use anyhow::{Result, anyhow};
use serde::Deserialize;
use shared::{json, redirect};

/// An address where metadata may lie.
pub(super) struct Place {
    pub(super) address: String,
    /// Whether whoever has it there is an OpenID provider.
    pub(super) is_openid: bool,
}

impl Place {
    /// Both of them, for that issuer. OpenID's comes first, as it says where the profile is.
    pub(super) fn all(issuer: &str) -> [Self; 2] {
        let origin = redirect::origin(issuer).unwrap_or_default();
        let path = issuer[origin.len()..].trim_end_matches('/');
        [
            // OpenID Connect Discovery 1.0, 4: behind the path.
            Self { address: format!("{origin}{path}/.well-known/openid-configuration"), is_openid: true },
            // RFC 8414, 3.1: before the path.
            Self { address: format!("{origin}/.well-known/oauth-authorization-server{path}"), is_openid: false },
        ]
    }
}

/// What of the metadata (RFC 8414, 2; RFC 9207, 3) decides how to log in.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Metadata {
    pub(super) issuer: Option<String>,
    pub(super) authorization_endpoint: Option<String>,
    pub(super) token_endpoint: Option<String>,
    pub(super) userinfo_endpoint: Option<String>,
    pub(super) scopes_supported: Option<Vec<String>>,
    pub(super) response_types_supported: Option<Vec<String>>,
    pub(super) response_modes_supported: Option<Vec<String>>,
    pub(super) grant_types_supported: Option<Vec<String>>,
    pub(super) token_endpoint_auth_methods_supported: Option<Vec<String>>,
    pub(super) code_challenge_methods_supported: Option<Vec<String>>,
    pub(super) authorization_response_iss_parameter_supported: Option<bool>,
}

impl Metadata {
    pub(super) fn read(body: &[u8]) -> Result<Self> {
        json::object(body).map_err(|_| {
            anyhow!("it is no metadata: one JSON object, in it each member once, addresses as text, the rest as lists of text")
        })
    }
}

/// Whether a list names that; one that is not there names `usual`.
pub(super) fn names(list: Option<&Vec<String>>, usual: &[&str], wanted: &str) -> bool {
    list.map_or_else(|| usual.contains(&wanted), |list| list.iter().any(|name| name == wanted))
}

/// Whether an address can stand in a `.env` file as it is, and is nothing but an address: no user's name in it, no
/// fragment, nothing that a shell or a reader of such files would put something else in place of.
pub(super) fn is_plain(address: &str) -> bool {
    let is_good = |c: char| c.is_ascii_alphanumeric() || "-._~:/?[]!&()*+,;=%@".contains(c);
    address.chars().all(is_good) && redirect::origin(address).is_some_and(|origin| !origin.contains('@'))
}
