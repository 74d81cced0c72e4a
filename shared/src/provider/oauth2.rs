//! Any server that follows RFC 6749, all of it from variables.
//!
//! Its login page and where it exchanges codes have to be told; the rest is as RFC 6749 and RFC 9700, 2.1.1 prefer it.
//! Nothing is discovered when the function starts, so nothing can be discovered wrong.

use super::{ClientAuth, Preset, TokenEndpoint};
use crate::pkce::Method;

/// Any server of RFC 6749.
pub(super) struct OAuth2;

impl TokenEndpoint for OAuth2 {
    fn id(&self) -> &'static str {
        "oauth2"
    }

    fn preset(&self) -> Preset {
        Preset {
            name: None,
            authorize_url: None,
            token_url: None,
            profile_url: None,
            client_auth: &[ClientAuth::Basic, ClientAuth::Post],
            pkce: &[Some(Method::S256), Some(Method::Plain), None],
            takes_scope: true,
            sends_issuer: true,
        }
    }
}
