//! The demo people, who have accounts at every emulator.

/// A demo person. Their passwords are public.
#[derive(Debug)]
pub struct Person {
    /// The account's number, the `id` of its tokens.
    pub id: u64,
    /// The name that the app shows.
    pub username: &'static str,
    /// The person's user name for logging in.
    pub email: &'static str,
    /// The person's password.
    pub password: &'static str,
    /// Only at AniAPI, which lets a person with an unverified address log in and exchanges the code, but then rejects
    /// the token.
    pub email_verified: bool,
    /// Only at AniAPI: 0 basic, 1 moderator, 2 administrator.
    pub role: u8,
    pub(super) has_avatar: bool,
}

/// Everyone who can log in.
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
    // A person without optional data.
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

    /// The person with this e-mail address and password.
    pub(super) fn known(email: &str, password: &str) -> Option<&'static Self> {
        Self::by_email(email).filter(|person| person.password == password)
    }

    /// The address of the person's picture; `url` is the emulator's.
    pub(super) fn avatar(&self, url: &str) -> Option<String> {
        self.has_avatar.then(|| format!("{url}/avatars/{}.svg", self.username))
    }
}
