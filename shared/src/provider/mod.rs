//! What differs from provider to provider: a [`Preset`] each, mostly data. One that follows RFC 6749 needs none: `oauth2`
//! gets everything from variables.
//!
//! The function knows the presets. The app knows none of them: what it needs comes with the configuration
//! ([`ProfileConfig`] among it), so that no visitor loads the facts of services that an app does not use.

mod preset;
mod presets;
mod profile;
mod rfc6749;
mod token_endpoint;

pub use preset::{BASE, BaseUrl, ClientAuth, Issuer, Preset, Scope, at_base};
pub use presets::{PRESETS, preset};
pub use profile::{CLIENT_ID, Profile, ProfileConfig, ProfileError};
pub use token_endpoint::{ClientCredentials, ClientFault, ExchangeError, Grant, Token, TokenEndpoint, UpstreamRequest};

/// The preset that is used if none is named.
pub const DEFAULT: &str = "aniapi";

/// The profile of a provider of which the configuration says nothing, as an older function sends it: AniAPI's, or OpenID's.
pub(crate) fn usual_profile(id: &str) -> ProfileConfig {
    if id == DEFAULT { presets::aniapi_profile() } else { ProfileConfig::openid() }
}
