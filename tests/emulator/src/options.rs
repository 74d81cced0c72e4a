//! The options of an emulator.

use std::time::Duration;

use super::service::Service;
use super::tokens::Tokens;

/// The registered client's redirect URI, unless [`Options`] has another.
pub const REDIRECT_URI: &str = "http://localhost:3000/auth";

/// The options of an emulator.
#[derive(Clone, Debug)]
pub struct Options {
    /// The emulated service. Default: AniAPI.
    pub service: Service,
    /// The only redirect URI of the registered client, compared character for character. Default: [`REDIRECT_URI`].
    pub redirect_uri: String,
    /// Requests per minute and address that AniAPI accepts. Default: 90, as there.
    pub rate_limit: u32,
    /// The lifetime of an access token. Default: the service's.
    pub token_lifetime: Duration,
    /// Token settings that differ from the service's. Default: none.
    pub tokens: Tokens,
}

impl Options {
    /// The defaults of a service.
    pub fn of(service: Service) -> Self {
        let token_lifetime = service.behaviour().token_lifetime();
        Self {
            service,
            redirect_uri: REDIRECT_URI.to_owned(),
            rate_limit: 90,
            token_lifetime,
            tokens: Tokens::default(),
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::of(Service::AniApi)
    }
}
