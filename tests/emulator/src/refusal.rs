//! The reasons for an error response to a token request. Each service has its own format for them.

use serde::Deserialize;

/// A reason to reject a token request, in the order of the checks.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// A parameter is missing or empty.
    MissingField,
    /// No client has this id.
    ClientNotFound,
    /// The client has a different secret.
    SecretMismatch,
    /// The redirect URI is different.
    RedirectMismatch,
    /// The code is unknown or expired, or the PKCE verifier is wrong.
    CodeNotValid,
    /// The refresh token is unknown, consumed, revoked or expired.
    RefreshTokenNotValid,
    /// The service does not support this grant type.
    GrantTypeUnsupported,
    /// An internal error of the service.
    SomethingBad,
}
