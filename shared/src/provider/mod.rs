//! The differences between providers: a [`Preset`] each, mostly data. A provider that follows RFC 6749 needs no preset
//! of its own: `oauth2` is configured entirely with variables.
//!
//! Only the function contains the presets. The app gets what it needs in its configuration (for example
//! [`ProfileConfig`]), so that visitors do not download data about services that the app does not use.

mod exchange;
mod preset;
mod presets;
mod profile;
mod revocation;
mod rfc6749;

pub use exchange::{
    ClientCredentials, ClientFault, ExchangeError, Grant, Provider, Renewal, Token, UpstreamMethod, UpstreamRequest,
};
pub use preset::{AskToRenew, BASE, BaseUrl, ClientAuth, Issuer, Preset, Scope, at_base};
pub use presets::{PRESETS, preset};
pub use profile::{CLIENT_ID, Profile, ProfileConfig, ProfileError};
pub use revocation::{Revocable, Revocation};

/// The default preset.
pub const DEFAULT: &str = "aniapi";

/// The default profile configuration, used if an older function sends none: AniAPI's, or OpenID Connect's.
pub(crate) fn usual_profile(id: &str) -> ProfileConfig {
    if id == DEFAULT { presets::aniapi_profile() } else { ProfileConfig::openid() }
}
