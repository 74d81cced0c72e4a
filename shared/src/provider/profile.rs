//! Who has logged in: how the app reads a provider's profile.

use alloc::string::String;

/// The app's side of a provider: what its profile address answers.
pub trait ProfileEndpoint: Sync {
    /// Reads the answer of the profile address to `Authorization: Bearer …`.
    ///
    /// # Errors
    /// Says what the answer means where it is no profile.
    fn profile(&self, status: u16, body: &[u8]) -> Result<Profile, ProfileError>;
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
