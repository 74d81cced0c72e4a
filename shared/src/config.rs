//! What the function tells the app: the app's only configuration, `GET /api/config`.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::pkce;

/// The answer of `GET /api/config`. Fields that a newer function adds are ignored by an older page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppConfig {
    /// The providers one can log in with, in the order to show them.
    pub providers: Vec<ProviderConfig>,
}

/// One provider, as the app needs to know it. Nothing in here is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderConfig {
    /// The preset's name, `aniapi`; it comes back in the token request.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// The client's public id (RFC 6749, 2.2).
    pub client_id: String,
    /// The provider's login page.
    pub authorize_url: String,
    /// Every registered redirect address; the app takes the one on its own origin.
    pub redirect_uris: Vec<String>,
    /// Where the app asks who has logged in, where a browser may ask at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_url: Option<String>,
    /// How the login is bound to its code, where the provider takes that (RFC 7636).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pkce: Option<pkce::Method>,
    /// What is asked for, separated by spaces (RFC 6749, 3.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The `iss` that a callback must carry, character for character (RFC 9207). Without it none is looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

impl AppConfig {
    /// The provider of that id.
    pub fn provider(&self, id: &str) -> Option<&ProviderConfig> {
        self.providers.iter().find(|provider| provider.id == id)
    }
}
