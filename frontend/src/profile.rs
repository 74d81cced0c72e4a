//! Who has logged in, while that is on its way.

use shared::provider::Profile;

/// The profile of the person, as far as it has come.
#[derive(Clone, Debug, PartialEq)]
pub enum ProfileState {
    /// Not asked for yet, or on its way.
    Loading,
    /// There it is.
    Loaded(Profile),
    /// The person is signed in, but has yet to verify their e-mail address with the provider.
    EmailNotVerified,
    /// The person is signed in, but the profile did not load.
    Failed,
}
