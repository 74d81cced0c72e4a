//! What differs from provider to provider, one file each. A new provider is a new file, its `mod`, and one line in each
//! of the two lists below; one that follows RFC 6749 needs neither, as `oauth2` is told everything by variables.
//!
//! A provider has two faces: [`TokenEndpoint`] is what the function needs, [`ProfileEndpoint`] what the app needs.
//! They are apart so that neither side carries the other's code.

mod aniapi;
mod anilist;
mod github;
mod myanimelist;
mod oauth2;
mod preset;
mod profile;
mod rfc6749;
mod token_endpoint;

pub use preset::{ClientAuth, Preset};
pub use profile::{Profile, ProfileEndpoint, ProfileError};
pub use token_endpoint::{ClientCredentials, ClientFault, ExchangeError, Grant, Token, TokenEndpoint, UpstreamRequest};

/// The provider that is used where none is named.
pub const DEFAULT: &str = aniapi::ID;

/// The function's side of every provider there is.
pub static TOKEN_ENDPOINTS: &[&dyn TokenEndpoint] =
    &[&aniapi::AniApi, &anilist::AniList, &github::GitHub, &myanimelist::MyAnimeList, &oauth2::OAuth2];

/// The function's side of the provider of that id.
pub fn token_endpoint(id: &str) -> Option<&'static dyn TokenEndpoint> {
    TOKEN_ENDPOINTS.iter().copied().find(|endpoint| endpoint.id() == id)
}

/// The app's side of the provider of that id. One that is not here answers as OpenID providers do.
pub fn profile_endpoint(id: &str) -> &'static ProfileEndpoint {
    match id {
        aniapi::ID => &aniapi::PROFILE,
        anilist::ID => &anilist::PROFILE,
        github::ID => &github::PROFILE,
        _ => &ProfileEndpoint::OPENID,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_is_found_by_its_own_id() {
        for endpoint in TOKEN_ENDPOINTS {
            assert_eq!(token_endpoint(endpoint.id()).map(|found| found.id()), Some(endpoint.id()));
            // It becomes a part of the names of environment variables.
            assert!(endpoint.id().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{}", endpoint.id());
        }
        assert!(token_endpoint("GitHub").is_none() && token_endpoint("").is_none());
        assert!(token_endpoint(DEFAULT).is_some());
    }
}
