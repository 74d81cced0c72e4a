//! The addresses of a server's metadata, and its members.

use anyhow::{Result, anyhow};
use serde::Deserialize;
use shared::{json, redirect};

/// An address where metadata may be.
pub(super) struct Place {
    pub(super) address: String,
    /// Whether metadata at this address is that of an OpenID provider.
    pub(super) is_openid: bool,
}

impl Place {
    /// Both addresses for an issuer. OpenID's comes first because its metadata has the address of the profile.
    pub(super) fn all(issuer: &str) -> [Self; 2] {
        let origin = redirect::origin(issuer).unwrap_or_default();
        let path = issuer[origin.len()..].trim_end_matches('/');
        [
            // OpenID Connect Discovery 1.0, 4: after the path.
            Self { address: format!("{origin}{path}/.well-known/openid-configuration"), is_openid: true },
            // RFC 8414, 3.1: before the path.
            Self { address: format!("{origin}/.well-known/oauth-authorization-server{path}"), is_openid: false },
        ]
    }
}

/// The members of the metadata (RFC 8414, 2; RFC 9207, 3) that matter for a login.
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
            anyhow!(
                "it is not metadata: one JSON object, each member once, addresses as strings, the rest as lists of strings"
            )
        })
    }
}

/// Whether a list contains `wanted`; a missing list means `usual`.
pub(super) fn names(list: Option<&Vec<String>>, usual: &[&str], wanted: &str) -> bool {
    list.map_or_else(|| usual.contains(&wanted), |list| list.iter().any(|name| name == wanted))
}

/// Whether an address can be put into a `.env` file unchanged, and is only an address: it has no user name, no
/// fragment, and nothing that a shell or a parser of such files would substitute.
pub(super) fn is_plain(address: &str) -> bool {
    let is_good = |c: char| c.is_ascii_alphanumeric() || "-._~:/?[]!&()*+,;=%@".contains(c);
    address.chars().all(is_good) && redirect::origin(address).is_some_and(|origin| !origin.contains('@'))
}
