//! The people who have an account here.

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
    /// Of AniAPI alone, which lets a person log in and a client exchange the code
    /// without it, then refuses the token.
    pub email_verified: bool,
    /// Of AniAPI alone: 0 basic, 1 moderator, 2 administrator.
    pub role: u8,
    pub(super) has_avatar: bool,
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
    // What a person need not have told is missing here.
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

    /// Who logs in with these.
    pub(super) fn known(email: &str, password: &str) -> Option<&'static Self> {
        Self::by_email(email).filter(|person| person.password == password)
    }

    /// The address of the person's picture, `url` being the emulator's own.
    pub(super) fn avatar(&self, url: &str) -> Option<String> {
        self.has_avatar.then(|| format!("{url}/avatars/{}.svg", self.username))
    }
}
