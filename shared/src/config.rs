//! The app's configuration, which the function returns from `GET /api/config`.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::json::{Json, Reader};
use crate::pkce;
use crate::provider::{ProfileConfig, usual_profile};
use crate::redirect;
use crate::session::SessionMode;

/// The response of `GET /api/config`. An older page ignores members that a newer function adds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppConfig {
    /// The providers to log in with, in the order in which to show them.
    pub providers: Vec<Rc<ProviderConfig>>,
    /// The session mode: where tokens are kept.
    #[serde(default)]
    pub session: SessionMode,
}

/// What the app needs to know about a provider. None of it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderConfig {
    /// The id in the function's configuration, which the app sends in the token request.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// The client identifier (RFC 6749, 2.2).
    pub client_id: String,
    /// The authorization endpoint: the provider's login page.
    pub authorize_url: String,
    /// All registered redirect URIs. The app uses the one on its own origin.
    pub redirect_uris: Vec<String>,
    /// The profile URL, if a browser may request it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_url: Option<String>,
    /// How to request and read the profile.
    #[serde(default, skip_serializing_if = "ProfileConfig::is_empty")]
    pub profile: ProfileConfig,
    /// The base URL of the provider's API, without a trailing `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_url: Option<String>,
    /// The provider's own logout page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logout_url: Option<String>,
    /// The PKCE method, if the provider supports PKCE (RFC 7636).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pkce: Option<pkce::Method>,
    /// The parameter of the authorization request that lets the person choose another account, as `name=value`, if the
    /// provider has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choose_account: Option<String>,
    /// The requested scopes, separated by spaces (RFC 6749, 3.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The `iss` that a callback must carry, character for character (RFC 9207). If it is not set, `iss` is ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

impl AppConfig {
    /// Creates a configuration with these providers.
    pub fn new(providers: Vec<ProviderConfig>) -> Self {
        Self { providers: providers.into_iter().map(Rc::new).collect(), session: SessionMode::default() }
    }

    /// Reads the configuration in the app.
    pub fn from_json<J: Json>(json: &J) -> Option<Self> {
        let providers = json.list_of("providers", ProviderConfig::from_json)?;
        let session = json.text_of("session").and_then(|name| SessionMode::named(&name));
        Some(Self { session: session.unwrap_or_default(), ..Self::new(providers) })
    }

    /// The provider with that id.
    pub fn provider(&self, id: &str) -> Option<&Rc<ProviderConfig>> {
        self.providers.iter().find(|provider| provider.id == id)
    }
}

impl ProviderConfig {
    /// Creates a provider with only the required members.
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
            choose_account: None,
            scope: None,
            issuer: None,
        }
    }

    /// The origins of the provider's API, to which the session's token may be sent.
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
            choose_account: read.optional_text("choose_account"),
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
            choose_account: Some("prompt=select_account".into()),
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
    fn app_reads_the_configuration_that_the_function_writes() {
        let mut written = serde_json::to_value(config()).expect("it is JSON");
        assert_eq!(AppConfig::from_json(&written), Some(config()));
        written["newer"] = json!(1);
        written["providers"][0]["newer"] = json!(["x"]);
        assert_eq!(AppConfig::from_json(&written), Some(config()), "unknown members are ignored");
    }

    #[test]
    fn missing_profile_configuration_has_a_default() {
        let mut written = serde_json::to_value(config()).expect("it is JSON");
        for (id, name) in [("aniapi", "/data/username"), ("other", "/name")] {
            written["providers"][0]["id"] = id.into();
            written["providers"][0].as_object_mut().expect("an object").remove("profile");
            let read = AppConfig::from_json(&written).expect("it is complete");
            assert_eq!(read.providers[0].profile.name[0], name);
        }
    }

    #[test]
    fn incomplete_configuration_is_rejected() {
        let needed = ["id", "name", "client_id", "authorize_url", "redirect_uris"];
        let optional = ["profile_url", "profile", "api_url", "logout_url", "pkce", "choose_account", "scope", "issuer"];
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
