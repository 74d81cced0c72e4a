//! The people who have an account here.

use serde_json::{Value, json};

/// A demo person. Their passwords are public.
#[derive(Debug)]
pub struct Person {
    /// The account's number, the `id` of its tokens.
    pub id: u64,
    /// The name that the app shows.
    pub username: &'static str,
    /// What the person logs in with.
    pub email: &'static str,
    /// What the person logs in with, too.
    pub password: &'static str,
    /// AniAPI lets a person log in and a client exchange the code without it, then refuses the
    /// token.
    pub email_verified: bool,
    /// 0 basic, 1 moderator, 2 administrator.
    pub role: u8,
    has_avatar: bool,
}

/// Everybody who can log in.
pub static PEOPLE: [Person; 3] = [
    Person {
        id: 1,
        username: "demo",
        email: "demo@aniapi.test",
        password: "demo",
        email_verified: true,
        role: 0,
        has_avatar: true,
    },
    Person {
        id: 2,
        username: "unverified",
        email: "unverified@aniapi.test",
        password: "demo",
        email_verified: false,
        role: 0,
        has_avatar: false,
    },
    // The members that AniAPI leaves out where there is no value are missing here.
    Person {
        id: 3,
        username: "moderator",
        email: "moderator@aniapi.test",
        password: "demo",
        email_verified: true,
        role: 1,
        has_avatar: false,
    },
];

impl Person {
    pub(super) fn by_email(email: &str) -> Option<&'static Self> {
        PEOPLE.iter().find(|person| person.email == email)
    }

    pub(super) fn by_id(id: u64) -> Option<&'static Self> {
        PEOPLE.iter().find(|person| person.id == id)
    }

    /// The profile as the endpoint "who am I" tells it, `url` being the emulator's own.
    pub(super) fn profile(&self, url: &str) -> Value {
        let mut profile = json!({
            "username": self.username,
            "email": self.email,
            "email_verified": self.email_verified,
            "role": self.role,
            "gender": 0,
            "has_anilist": false,
            "has_mal": false,
            "id": self.id,
        });
        if self.has_avatar {
            profile["avatar"] = json!(format!("{url}/avatars/{}.svg", self.username));
            profile["localization"] = json!("en");
        }
        profile
    }
}
