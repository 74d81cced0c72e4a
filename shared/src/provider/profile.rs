//! Who has logged in: how the app asks a provider, and how it reads the answer.

use alloc::string::String;

use crate::json::Json;

/// The app's side of a provider. It is data alone, one constant a provider, so that the app carries the code to read
/// one profile and not one for each provider.
#[derive(Debug)]
pub struct ProfileEndpoint {
    /// What to send by `POST`, as GraphQL wants it, in JSON. Without it the address is asked by `GET`.
    pub query: Option<&'static str>,
    /// The HTTP statuses of an answer to a token that is not good, or not any more.
    pub(super) refused: &'static [u16],
    /// The members in which an answer repeats its status: one at least has to be there, and each has to say 200.
    pub(super) statuses: &'static [&'static str],
    /// What the member `data` of a 401 says where nothing is wrong with the token, but the e-mail is not verified.
    pub(super) unverified: Option<&'static str>,
    /// The members to go through to reach the person.
    pub(super) person: &'static [&'static str],
    /// The person's member with their name; the first of these that is not empty.
    pub(super) names: &'static [&'static str],
    /// The members to go through, from the person, to reach the address of a picture.
    pub(super) avatar: &'static [&'static str],
    /// The person's member with the number of their role, and what the numbers mean, from 0.
    pub(super) roles: Option<(&'static str, &'static [&'static str])>,
}

impl ProfileEndpoint {
    /// UserInfo as OpenID Connect has it (Core 1.0, 5.3): the person and nothing around it.
    pub(super) const OPENID: Self = Self {
        query: None,
        refused: &[401],
        statuses: &[],
        unverified: None,
        person: &[],
        names: &["name", "preferred_username", "sub"],
        avatar: &["picture"],
        roles: None,
    };

    /// Whether that HTTP status refuses the token, or may do so.
    pub fn refuses(&self, status: u16) -> bool {
        self.refused.contains(&status)
    }

    /// Reads the answer of the profile address to `Authorization: Bearer …`; `None` where it is no JSON.
    ///
    /// # Errors
    /// Says what the answer means where it is no profile.
    pub fn read<J: Json>(&self, status: u16, answer: Option<J>) -> Result<Profile, ProfileError> {
        if self.refuses(status) {
            let reason = answer.and_then(|answer| answer.text_of("data"));
            let is_unverified = reason.is_some() && reason.as_deref() == self.unverified;
            return Err(if is_unverified { ProfileError::EmailNotVerified } else { ProfileError::TokenRefused });
        }
        let answer = answer.filter(|answer| status == 200 && self.is_success(answer));
        answer.and_then(|answer| self.profile(answer)).ok_or(ProfileError::Unreadable)
    }

    fn is_success<J: Json>(&self, answer: &J) -> bool {
        let mut said = self.statuses.iter().filter_map(|name| answer.member(name)).peekable();
        (self.statuses.is_empty() || said.peek().is_some()) && said.all(|status| status.as_number() == Some(200))
    }

    fn profile<J: Json>(&self, answer: J) -> Option<Profile> {
        let is_said = |text: &String| !text.is_empty();
        let person = below(answer, self.person)?;
        let name = self.names.iter().filter_map(|name| person.text_of(name)).find(is_said)?;
        let role = self.roles.and_then(|(member, roles)| {
            let role = person.number_of(member)?;
            roles.get(usize::try_from(role).ok()?).copied()
        });
        let avatar = below(person, self.avatar).and_then(|avatar| avatar.as_text()).filter(is_said);
        Some(Profile { name, avatar, role })
    }
}

fn below<J: Json>(json: J, path: &[&str]) -> Option<J> {
    path.iter().try_fold(json, |json, name| json.member(name))
}

/// What is shown of a person. All of it comes from outside: it is text to be shown and an address to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name to greet by.
    pub name: String,
    /// The address of a picture.
    pub avatar: Option<String>,
    /// What the person is at the provider.
    pub role: Option<&'static str>,
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
    use serde_json::{Value, json};

    use super::*;
    use crate::provider::profile_endpoint;

    fn read(id: &str, answer: Value) -> Result<(String, Option<String>), ProfileError> {
        profile_endpoint(id).read(200, Some(answer)).map(|profile| (profile.name, profile.avatar))
    }

    #[test]
    fn each_providers_person_is_found_where_it_stands() {
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
    fn a_person_without_a_picture_has_none_and_one_without_a_name_is_none() {
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
    fn only_a_refused_token_ends_the_login() {
        for id in ["aniapi", "anilist", "github", "myanimelist", "oauth2"] {
            let endpoint = profile_endpoint(id);
            for (status, is_refused) in [(401, true), (400, id == "anilist"), (403, false), (429, false), (500, false)]
            {
                let expected = if is_refused { ProfileError::TokenRefused } else { ProfileError::Unreadable };
                assert_eq!(endpoint.read(status, None::<Value>), Err(expected), "{id} {status}");
            }
        }
    }
}
