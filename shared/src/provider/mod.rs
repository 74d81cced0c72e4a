//! What differs from provider to provider, one file each. A new provider is a new file and one line in each of the
//! two functions below.
//!
//! A provider has two faces: [`TokenEndpoint`] is what the function needs, [`ProfileEndpoint`] what the app needs.
//! They are apart so that neither side carries the other's code.

mod aniapi;
mod profile;
mod token_endpoint;

pub use profile::{Profile, ProfileEndpoint, ProfileError};
pub use token_endpoint::{ClientCredentials, ClientFault, ExchangeError, Grant, Token, TokenEndpoint, UpstreamRequest};

/// The provider that is used where none is named.
pub const DEFAULT: &str = aniapi::ID;

/// The function's side of the provider of that id.
pub fn token_endpoint(id: &str) -> Option<&'static dyn TokenEndpoint> {
    match id {
        aniapi::ID => Some(&aniapi::AniApi),
        _ => None,
    }
}

/// The app's side of the provider of that id.
pub fn profile_endpoint(id: &str) -> Option<&'static ProfileEndpoint> {
    match id {
        aniapi::ID => Some(&aniapi::PROFILE),
        _ => None,
    }
}
