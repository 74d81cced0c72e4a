//! AniAPI's envelope around a token: accepted only if its status is 200, and if every member that is read occurs once
//! and has the right type. And its envelope around a profile, which the app reads like a browser's JSON parser: of
//! several members with one name, the last one counts.

use serde_json::Value;
use shared::jwt::Expiry;
use shared::provider::{self, Profile, ProfileError};
use shared::token::MAX_EXPIRES_IN;

use super::expiry;
use super::json::{self, Json};

const NOW: u64 = 1_700_000_000;
const STATUSES: [u16; 8] = [200, 199, 201, 302, 400, 401, 403, 500];

/// Reads any body as both responses, under each HTTP status.
pub fn check(data: &[u8]) {
    let body = json::read(data);
    let envelope = body.as_ref().and_then(Envelope::of);
    let preset = provider::preset(provider::DEFAULT).expect("the default preset exists");
    let reader = preset.provider;
    for status in STATUSES {
        let token = reader.token_response(status, data, NOW).ok();
        if let Some(token) = &token {
            expiry::check_accepted(token);
        }
        let wanted = envelope.as_ref().filter(|_| status == 200).and_then(Envelope::token);
        assert_eq!(token.map(|token| token.access_token.expose().to_owned()), wanted, "HTTP {status}");
    }
    let reader = (preset.profile)();
    // The app uses the browser's parser; this one rejects slightly more, such as unpaired surrogates.
    let parsed = serde_json::from_slice::<Value>(data).ok();
    let members = body.as_ref().filter(|_| parsed.is_some()).and_then(Json::members);
    for status in STATUSES {
        let wanted = members.as_ref().filter(|_| status == 200).and_then(|members| profile(members));
        let reason = members.as_ref().and_then(|members| last(members, "data")?.text());
        let refusal = match reason.as_deref() {
            Some("You need to verify your email first") if status == 401 => ProfileError::EmailNotVerified,
            _ if status == 401 => ProfileError::TokenRefused,
            _ => ProfileError::Unreadable,
        };
        assert_eq!(reader.read(status, parsed.clone()), wanted.ok_or(refusal), "HTTP {status}");
    }
}

type Members<'m, 'a> = [(String, &'m Json<'a>)];

fn last<'m, 'a>(members: &Members<'m, 'a>, name: &str) -> Option<&'m Json<'a>> {
    members.iter().rev().find(|(other, _)| other == name).map(|(_, value)| *value)
}

fn profile(members: &Members<'_, '_>) -> Option<Profile> {
    let said: Vec<_> = ["status_code", "status"].iter().filter_map(|name| last(members, name)).collect();
    if said.is_empty() || said.iter().any(|status| status.whole() != Some(200)) {
        return None;
    }
    let person = last(members, "data")?.members()?;
    let text = |name| last(&person, name).and_then(Json::text).filter(|text| !text.is_empty());
    let role = match last(&person, "role").and_then(Json::whole) {
        Some(0) => Some("Basic user"),
        Some(1) => Some("Moderator"),
        Some(2) => Some("Administrator"),
        _ => None,
    };
    Some(Profile { name: text("username")?, picture: text("avatar"), role: role.map(str::to_owned) })
}

/// The envelope's members with their types; `data` may be anything.
struct Envelope<'j> {
    says: Option<u16>,
    data: Option<&'j Json<'j>>,
}

impl<'j> Envelope<'j> {
    fn of(body: &'j Json<'j>) -> Option<Self> {
        let members = body.members()?;
        let single = |name| json::single(&members, name);
        let statuses = (optional(single("status_code")?, small)?, optional(single("status")?, small)?);
        let _ = (optional(single("message")?, Json::text)?, optional(single("version")?, Json::text)?);
        let says = match statuses {
            (Some(one), Some(other)) => (one == other).then_some(one),
            (one, other) => one.or(other),
        };
        Some(Self { says, data: single("data")? })
    }

    /// The text in `data`, whatever the status.
    fn text(&self) -> Option<String> {
        self.data?.text()
    }

    fn token(&self) -> Option<String> {
        let token = self.text().filter(|_| self.says == Some(200))?;
        let is_good = !token.is_empty() && token.chars().all(|c| ('!'..='~').contains(&c));
        let lasts = match expiry::agreed(&token) {
            Expiry::Unknown => true,
            Expiry::Unreadable => false,
            Expiry::At(exp) => (1.0..=MAX_EXPIRES_IN as f64).contains(&(exp - NOW as f64)),
        };
        (is_good && lasts).then_some(token)
    }
}

/// A member that may be absent or null, and otherwise must have its type.
fn optional<'m, 'a, T>(member: Option<&'m Json<'a>>, read: fn(&'m Json<'a>) -> Option<T>) -> Option<Option<T>> {
    match member {
        None | Some(Json::Null) => Some(None),
        Some(value) => read(value).map(Some),
    }
}

fn small(value: &Json<'_>) -> Option<u16> {
    value.whole()?.try_into().ok()
}
