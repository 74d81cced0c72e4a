//! What the function tells the app: the app's only configuration, `GET /api/config`.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::json::Json;
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
    /// Reads the configuration, as the app does.
    pub fn from_json<J: Json>(json: &J) -> Option<Self> {
        Some(Self { providers: json.list_of("providers", ProviderConfig::from_json)? })
    }

    /// The provider of that id.
    pub fn provider(&self, id: &str) -> Option<&ProviderConfig> {
        self.providers.iter().find(|provider| provider.id == id)
    }
}

impl ProviderConfig {
    fn from_json<J: Json>(json: &J) -> Option<Self> {
        Some(Self {
            id: json.text_of("id")?,
            name: json.text_of("name")?,
            client_id: json.text_of("client_id")?,
            authorize_url: json.text_of("authorize_url")?,
            redirect_uris: json.list_of("redirect_uris", Json::as_text)?,
            profile_url: json.optional("profile_url", Json::as_text)?,
            pkce: json.optional("pkce", |method| pkce::Method::named(&method.as_text()?))?,
            scope: json.optional("scope", Json::as_text)?,
            issuer: json.optional("issuer", Json::as_text)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use serde_json::{Value, json};

    use super::*;

    fn config() -> AppConfig {
        let provider = ProviderConfig {
            id: "aniapi".into(),
            name: "AniAPI".into(),
            client_id: "an id".into(),
            authorize_url: "https://p.example/authorize".into(),
            redirect_uris: vec!["https://app.example/auth".into(), "https://other.example/auth".into()],
            profile_url: Some("https://p.example/me".into()),
            pkce: Some(pkce::Method::S256),
            scope: Some("a b".into()),
            issuer: Some("https://p.example".into()),
        };
        let other = ProviderConfig { id: "other".into(), pkce: Some(pkce::Method::Plain), ..provider.clone() };
        let least = ProviderConfig { profile_url: None, pkce: None, scope: None, issuer: None, ..provider.clone() };
        AppConfig { providers: vec![provider, other, least] }
    }

    #[test]
    fn what_the_function_writes_the_app_reads() {
        let mut written = serde_json::to_value(config()).expect("it is JSON");
        assert_eq!(AppConfig::from_json(&written), Some(config()));
        written["newer"] = json!(1);
        written["providers"][0]["newer"] = json!(["x"]);
        assert_eq!(AppConfig::from_json(&written), Some(config()), "whatever a newer function adds");
    }

    #[test]
    fn what_is_not_whole_is_no_configuration() {
        let needed = ["id", "name", "client_id", "authorize_url", "redirect_uris"];
        for member in needed.into_iter().chain(["profile_url", "pkce", "scope", "issuer"]) {
            for wrong in [Value::Null, json!(7), json!([7]), json!({})] {
                let mut written = serde_json::to_value(config()).expect("it is JSON");
                written["providers"][1][member] = wrong;
                assert_eq!(AppConfig::from_json(&written), None, "{member}");
            }
        }
        for other in
            [json!(null), json!([]), json!({}), json!("x"), json!({ "providers": {} }), json!({ "providers": [1] })]
        {
            assert_eq!(AppConfig::from_json(&other), None, "{other}");
        }
    }
}
