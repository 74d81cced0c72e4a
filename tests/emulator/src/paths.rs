//! The paths of a service's endpoints.

use super::fault::Endpoint;

/// Paths at the emulator. The real services use several hosts.
pub(super) struct Paths {
    pub(super) authorize: &'static str,
    pub(super) token: &'static str,
    pub(super) profile: &'static str,
    pub(super) revoke: Revoke,
    /// The page that logs the person out of the service itself.
    pub(super) log_out: Option<&'static str>,
    /// The common prefix of the API's paths, without a `/` at the end.
    pub(super) api: &'static str,
}

/// How a client revokes a token.
#[derive(Clone, Copy)]
pub(super) enum Revoke {
    /// Not supported.
    Never,
    /// As in RFC 7009.
    Rfc7009(&'static str),
    /// With a call specific to the service.
    Own(&'static str),
}

impl Paths {
    /// The defaults.
    pub(super) const NONE: Self =
        Self { authorize: "", token: "", profile: "", revoke: Revoke::Never, log_out: None, api: "/api" };

    pub(super) fn at(&self, endpoint: Endpoint) -> Option<&'static str> {
        match endpoint {
            Endpoint::Authorize => Some(self.authorize),
            Endpoint::Token => Some(self.token),
            Endpoint::Profile => Some(self.profile),
            Endpoint::Revoke => match self.revoke {
                Revoke::Never => None,
                Revoke::Rfc7009(path) | Revoke::Own(path) => Some(path),
            },
            Endpoint::Api => Some(self.api),
        }
    }
}
