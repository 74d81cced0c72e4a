//! What the function tells the app: the app's only configuration, `GET /api/config`.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::json::{Json, Reader};
use crate::pkce;
use crate::provider::{ProfileConfig, usual_profile};
use crate::redirect;

/// The answer of `GET /api/config`. Fields that a newer function adds are ignored by an older page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppConfig {
    /// The providers one can log in with, in the order to show them.
    pub providers: Vec<Rc<ProviderConfig>>,
    /// Where tokens are kept.
    #[serde(default)]
    pub session: SessionMode,
}

/// Where tokens are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionMode {
    /// In the page, for as long as its tab is open.
    #[default]
    Tab,
}

/// One provider, as the app needs to know it. Nothing in here is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderConfig {
    /// Its id in the function's configuration; it comes back in the token request.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// The client's public id (RFC 6749, 2.2).
    pub client_id: String,
    /// The provider's login page.
    pub authorize_url: String,
    /// Every registered redirect address; the app takes the one on its own origin.
    pub redirect_uris: Vec<String>,
    /// Where the app asks who is signed in, if a browser may ask at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_url: Option<String>,
    /// How it asks, and where the answer has what.
    #[serde(default, skip_serializing_if = "ProfileConfig::is_empty")]
    pub profile: ProfileConfig,
    /// What every address of the provider's API starts with, without a `/` at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_url: Option<String>,
    /// Where the person logs out of the provider itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logout_url: Option<String>,
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
    /// A configuration with these providers.
    pub fn new(providers: Vec<ProviderConfig>) -> Self {
        Self { providers: providers.into_iter().map(Rc::new).collect(), session: SessionMode::default() }
    }

    /// Reads the configuration, as the app does.
    pub fn from_json<J: Json>(json: &J) -> Option<Self> {
        json.list_of("providers", ProviderConfig::from_json).map(Self::new)
    }

    /// The provider of that id.
    pub fn provider(&self, id: &str) -> Option<&Rc<ProviderConfig>> {
        self.providers.iter().find(|provider| provider.id == id)
    }
}

impl ProviderConfig {
    /// A provider of which only this is known.
    pub fn new(id: &str, name: &str, client_id: &str, authorize_url: &str, redirect_uris: Vec<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            client_id: client_id.into(),
            authorize_url: authorize_url.into(),
            redirect_uris,
            profile_url: None,
            profile: usual_profile(id),
            api_url: None,
            logout_url: None,
            pkce: None,
            scope: None,
            issuer: None,
        }
    }

    /// The origins of the provider's API: the session's token goes there.
    pub fn api_origins(&self) -> impl Iterator<Item = &str> {
        [&self.api_url, &self.profile_url].into_iter().filter_map(|url| redirect::origin(url.as_deref()?))
    }

    fn from_json<J: Json>(json: &J) -> Option<Self> {
        let mut read = Reader::of(json);
        let id = read.text("id");
        let profile = read.optional("profile", ProfileConfig::from_json);
        let provider = Self {
            profile: profile.unwrap_or_else(|| usual_profile(&id)),
            id,
            name: read.text("name"),
            client_id: read.text("client_id"),
            authorize_url: read.text("authorize_url"),
            redirect_uris: read.texts("redirect_uris"),
            profile_url: read.optional_text("profile_url"),
            api_url: read.optional_text("api_url"),
            logout_url: read.optional_text("logout_url"),
            pkce: read.optional("pkce", |method| pkce::Method::named(&method.as_text()?)),
            scope: read.optional_text("scope"),
            issuer: read.optional_text("issuer"),
        };
        read.whole(provider)
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
            profile: ProfileConfig::openid(),
            api_url: Some("https://p.example/api".into()),
            logout_url: Some("https://p.example/logout".into()),
            pkce: Some(pkce::Method::S256),
            scope: Some("a b".into()),
            issuer: Some("https://p.example".into()),
        };
        let other = ProviderConfig { id: "other".into(), pkce: Some(pkce::Method::Plain), ..provider.clone() };
        let least = ProviderConfig::new(
            "aniapi",
            "AniAPI",
            "an id",
            "https://p.example/authorize",
            provider.redirect_uris.clone(),
        );
        AppConfig::new(vec![provider, other, least])
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
    fn without_a_word_on_the_profile_it_is_the_usual_one() {
        let mut written = serde_json::to_value(config()).expect("it is JSON");
        for (id, name) in [("aniapi", "/data/username"), ("other", "/name")] {
            written["providers"][0]["id"] = id.into();
            written["providers"][0].as_object_mut().expect("an object").remove("profile");
            let read = AppConfig::from_json(&written).expect("it is whole");
            assert_eq!(read.providers[0].profile.name[0], name);
        }
    }

    #[test]
    fn what_is_not_whole_is_no_configuration() {
        let needed = ["id", "name", "client_id", "authorize_url", "redirect_uris"];
        let optional = ["profile_url", "profile", "api_url", "logout_url", "pkce", "scope", "issuer"];
        for member in needed.into_iter().chain(optional) {
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
