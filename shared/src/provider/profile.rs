//! Who is signed in: how the app asks a provider, and how it reads the answer.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::json::{Json, Reader, at};

/// How a provider's profile address is asked, and where the answer has what. The app gets it with the configuration. All
/// places are JSON Pointers (RFC 6901).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileConfig {
    /// What to send by `POST`, in JSON, as GraphQL wants it. Without it the address is asked by `GET`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// The headers that the provider's API requires beside `Authorization`, each as `name:value`. In a preset,
    /// [`CLIENT_ID`] stands for the client's id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<String>,
    /// Whether its API requires a `Referer`: then it gets the page's origin, and no more.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub referrer: bool,
    /// The HTTP status, beside 401, of an answer to a token that is not valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<u16>,
    /// Where an answer repeats its HTTP status: at least one must be there, and each must be 200.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ok: Vec<String>,
    /// What the member `data` of a 401 says if the token is valid, but the e-mail address is not verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unverified: Option<String>,
    /// The person's name: the first of these that is a text and not empty.
    pub name: Vec<String>,
    /// The address of a picture: a place, or an address with places in braces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// The number of what the person is at the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What the numbers mean, from 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
}

/// What of a header or of an address in a preset is replaced by the client's id.
pub const CLIENT_ID: &str = "{client_id}";

impl ProfileConfig {
    /// UserInfo as OpenID Connect has it (Core 1.0, 5.3): the person, and nothing around it.
    pub fn openid() -> Self {
        Self {
            name: ["/name", "/preferred_username", "/sub"].map(Into::into).into(),
            picture: Some("/picture".into()),
            ..Self::default()
        }
    }

    /// Whether it finds nothing.
    pub fn is_empty(&self) -> bool {
        self.name.is_empty()
    }

    /// Reads what the function sends, as the app does.
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

    /// Whether that HTTP status refuses the token, or may do so.
    pub fn refuses(&self, status: u16) -> bool {
        status == 401 || Some(status) == self.refused
    }

    /// Reads the answer of the profile address to `Authorization: Bearer …`; `None` if it is not JSON.
    ///
    /// # Errors
    /// Says what the answer means if it is no profile.
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

/// An address with the texts that belong in its braces; `None` if one of them is missing.
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

/// What is shown of a person. All of it comes from outside: it is text to be shown and an address to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name to greet by.
    pub name: String,
    /// The address of a picture.
    pub picture: Option<String>,
    /// What the person is at the provider.
    pub role: Option<String>,
}

/// Why there is no profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileError {
    /// The token is not, or no longer, good: the login is over.
    TokenRefused,
    /// The token is good, but the person has yet to verify their e-mail address with the provider.
    EmailNotVerified,
    /// Anything else: it may work later.
    Unreadable,
}

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
    fn each_providers_person_is_found() {
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
    fn the_picture_is_optional_and_the_name_is_not() {
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
    fn a_place_leads_through_objects_and_lists() {
        let mut config = ProfileConfig { name: vec!["/a~1b/1/~0".into()], ..ProfileConfig::openid() };
        config.picture = Some("https://cdn.example/{/id}/{/images/0/hash}.png".into());
        let answer = json!({ "a/b": ["x", { "~": "demo" }], "id": "7", "images": [{ "hash": "h" }] });
        let profile = config.read(200, Some(answer.clone())).expect("it is whole");
        assert_eq!((&*profile.name, profile.picture.as_deref()), ("demo", Some("https://cdn.example/7/h.png")));
        config.picture = Some("https://cdn.example/{/id}/{/hash}.png".into());
        assert_eq!(config.read(200, Some(answer)).expect("it is whole").picture, None, "one of its parts is missing");
    }

    #[test]
    fn only_a_refused_token_ends_the_login() {
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
    fn the_app_reads_what_the_function_sends() {
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
