//! The person's profile: how to request it from a provider, and how to read the response.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::json::{Json, Reader, at};

/// How to request a provider's profile URL, and where to find each value in the response. It is a part of the app's
/// configuration. All locations are JSON Pointers (RFC 6901).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileConfig {
    /// The JSON body to send by `POST`, as GraphQL requires. Without it, the request is a `GET`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// The headers that the provider's API requires in addition to `Authorization`, each as `name:value`. In a preset,
    /// [`CLIENT_ID`] is a placeholder for the client ID.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<String>,
    /// Whether the provider's API requires a `Referer`. If so, requests send the page's origin and nothing else.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub referrer: bool,
    /// The HTTP status, in addition to 401, with which the provider rejects a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<u16>,
    /// Where the body repeats the HTTP status. At least one of these must be present, and each must be 200.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ok: Vec<String>,
    /// The member `data` of a 401 if the token is valid, but the e-mail address is not verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unverified: Option<String>,
    /// The person's name: the first of these that is a non-empty string.
    pub name: Vec<String>,
    /// The URL of a picture: a location, or a URL template with locations in braces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// The number of the person's role at the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The names of the roles, by number from 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
}

/// The placeholder for the client ID in headers and URLs of a preset.
pub const CLIENT_ID: &str = "{client_id}";

impl ProfileConfig {
    /// The UserInfo response of OpenID Connect (Core 1.0, 5.3), which has no envelope.
    pub fn openid() -> Self {
        Self {
            name: ["/name", "/preferred_username", "/sub"].map(Into::into).into(),
            picture: Some("/picture".into()),
            ..Self::default()
        }
    }

    /// Whether it has no location for the name.
    pub fn is_empty(&self) -> bool {
        self.name.is_empty()
    }

    /// Reads the function's configuration in the app.
    pub fn from_json<J: Json>(json: &J) -> Option<Self> {
        let mut read = Reader::of(json);
        let config = Self {
            query: read.optional_text("query"),
            headers: read.optional_texts("headers"),
            referrer: json.member("referrer").is_some(),
            refused: json.number_of("refused").map(|status| status as u16),
            ok: read.optional_texts("ok"),
            unverified: read.optional_text("unverified"),
            name: read.texts("name"),
            picture: read.optional_text("picture"),
            role: read.optional_text("role"),
            roles: read.optional_texts("roles"),
        };
        read.whole(config)
    }

    /// Whether that HTTP status means, or may mean, that the token was rejected.
    pub fn refuses(&self, status: u16) -> bool {
        status == 401 || Some(status) == self.refused
    }

    /// Reads the response of the profile URL to `Authorization: Bearer …`. `answer` is `None` if the body is not JSON.
    ///
    /// # Errors
    /// If the response contains no profile.
    pub fn read<J: Json>(&self, status: u16, answer: Option<J>) -> Result<Profile, ProfileError> {
        if self.refuses(status) {
            let reason = answer.and_then(|answer| answer.text_of("data"));
            let is_unverified = reason.is_some() && reason == self.unverified;
            return Err(if is_unverified { ProfileError::EmailNotVerified } else { ProfileError::TokenRefused });
        }
        let answer = answer.filter(|answer| status == 200 && self.is_success(answer));
        answer.and_then(|answer| self.profile(&answer)).ok_or(ProfileError::Unreadable)
    }

    fn is_success<J: Json>(&self, answer: &J) -> bool {
        let mut is_success = self.ok.is_empty();
        for status in self.ok.iter().filter_map(|place| at(answer, place)) {
            if status.as_number() != Some(200) {
                return false;
            }
            is_success = true;
        }
        is_success
    }

    fn profile<J: Json>(&self, answer: &J) -> Option<Profile> {
        let text = |place: &str| at(answer, place)?.as_text().filter(|text| !text.is_empty());
        let name = self.name.iter().find_map(|place| text(place))?;
        let role = self.role.as_ref().and_then(|place| {
            let number = at(answer, place)?.as_number()?;
            self.roles.get(usize::try_from(number).ok()?).cloned()
        });
        let picture = self.picture.as_deref().and_then(|picture| match picture.starts_with('/') {
            true => text(picture),
            false => filled(picture, text),
        });
        Some(Profile { name, picture, role })
    }
}

/// Fills a URL template with the values at its locations. `None` if a value is missing.
fn filled(template: &str, text: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut parts = template.split('{');
    let mut address = parts.next()?.to_owned();
    for part in parts {
        let (place, rest) = part.split_once('}')?;
        address += &text(place)?;
        address += rest;
    }
    Some(address)
}

/// What is shown about a person. All of it is untrusted: show it only as text, and check the URL of the picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The name to show.
    pub name: String,
    /// The URL of a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// The person's role at the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

impl Profile {
    /// Reads a profile that the function sends.
    pub(crate) fn from_json<J: Json>(json: &J) -> Option<Self> {
        Some(Self { name: json.text_of("name")?, picture: json.text_of("picture"), role: json.text_of("role") })
    }
}

/// Why there is no profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileError {
    /// The provider rejects the token, so the session has ended.
    TokenRefused,
    /// The token is valid, but the person has not yet verified their e-mail address with the provider.
    EmailNotVerified,
    /// Anything else. A retry may succeed.
    Unreadable,
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TokenRefused => "the token was rejected",
            Self::EmailNotVerified => "the e-mail address is not verified",
            Self::Unreadable => "the profile cannot be read",
        })
    }
}

impl Error for ProfileError {}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use serde_json::{Value, json};

    use super::*;
    use crate::provider::{PRESETS, preset};

    fn config(id: &str) -> ProfileConfig {
        (preset(id).expect("it is there").profile)()
    }

    fn read(id: &str, answer: Value) -> Result<(String, Option<String>), ProfileError> {
        config(id).read(200, Some(answer)).map(|profile| (profile.name, profile.picture))
    }

    #[test]
    fn profile_of_each_provider_is_read() {
        let picture = "https://p.example/x.png";
        for (id, answer) in [
            ("github", json!({ "login": "demo", "name": null, "avatar_url": picture })),
            ("github", json!({ "login": "d", "name": "demo", "avatar_url": picture })),
            ("anilist", json!({ "data": { "Viewer": { "name": "demo", "avatar": { "large": picture } } } })),
            ("myanimelist", json!({ "id": 1, "name": "demo", "picture": picture })),
            ("oauth2", json!({ "sub": "1", "name": "demo", "picture": picture })),
            ("oauth2", json!({ "sub": "1", "preferred_username": "demo", "picture": picture })),
            ("oauth2", json!({ "sub": "demo", "name": "", "picture": picture })),
        ] {
            assert_eq!(read(id, answer.clone()), Ok(("demo".into(), Some(picture.into()))), "{id} {answer}");
        }
    }

    #[test]
    fn name_is_required_and_picture_is_optional() {
        assert_eq!(read("oauth2", json!({ "sub": "1" })), Ok(("1".into(), None)));
        assert_eq!(read("github", json!({ "login": "demo", "avatar_url": 7 })), Ok(("demo".into(), None)));
        for (id, answer) in [
            ("oauth2", json!({ "picture": "https://p.example/x.png" })),
            ("oauth2", json!([{ "sub": "1" }])),
            ("oauth2", json!({ "sub": 7 })),
            ("anilist", json!({ "data": { "Viewer": null } })),
            ("anilist", json!({ "errors": [{ "message": "Invalid token" }], "data": null })),
            ("github", json!({ "message": "Bad credentials" })),
        ] {
            assert_eq!(read(id, answer.clone()), Err(ProfileError::Unreadable), "{id} {answer}");
        }
    }

    #[test]
    fn location_can_lead_through_objects_and_arrays() {
        let mut config = ProfileConfig { name: vec!["/a~1b/1/~0".into()], ..ProfileConfig::openid() };
        config.picture = Some("https://cdn.example/{/id}/{/images/0/hash}.png".into());
        let answer = json!({ "a/b": ["x", { "~": "demo" }], "id": "7", "images": [{ "hash": "h" }] });
        let profile = config.read(200, Some(answer.clone())).expect("it is complete");
        assert_eq!((&*profile.name, profile.picture.as_deref()), ("demo", Some("https://cdn.example/7/h.png")));
        config.picture = Some("https://cdn.example/{/id}/{/hash}.png".into());
        assert_eq!(
            config.read(200, Some(answer)).expect("it is complete").picture,
            None,
            "one of its values is missing"
        );
    }

    #[test]
    fn only_a_rejected_token_ends_the_session() {
        for preset in PRESETS {
            let config = (preset.profile)();
            for (status, is_refused) in
                [(401, true), (400, preset.id == "anilist"), (403, false), (429, false), (500, false)]
            {
                let expected = if is_refused { ProfileError::TokenRefused } else { ProfileError::Unreadable };
                assert_eq!(config.read(status, None::<Value>), Err(expected), "{} {status}", preset.id);
            }
        }
    }

    #[test]
    fn app_reads_the_configuration_that_the_function_sends() {
        for preset in PRESETS {
            let config = (preset.profile)();
            let sent = serde_json::to_value(&config).expect("it is JSON");
            assert_eq!(ProfileConfig::from_json(&sent), Some(config), "{}", preset.id);
        }
        let openid = serde_json::to_value(ProfileConfig::openid()).expect("it is JSON");
        for member in ["name", "picture", "query", "headers", "ok", "unverified", "role", "roles"] {
            let mut wrong = openid.clone();
            wrong[member] = json!(true);
            assert_eq!(ProfileConfig::from_json(&wrong), None, "{member}");
        }
    }
}
