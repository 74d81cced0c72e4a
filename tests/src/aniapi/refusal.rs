//! How AniAPI refuses an exchange: HTTP 200, and an envelope that says why.

use serde::Deserialize;

use super::envelope::Envelope;

/// A reason to refuse an exchange, in the order of AniAPI's checks.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// A parameter is missing or empty: 400.
    MissingField,
    /// No client has this id: 404.
    ClientNotFound,
    /// The client has another secret: 403.
    SecretMismatch,
    /// The client has another redirect address: 403.
    RedirectMismatch,
    /// No such code, or its three minutes are over: 403.
    CodeNotValid,
    /// AniAPI is at fault: 500, without `data`.
    SomethingBad,
}

impl Refusal {
    pub(super) fn envelope(self) -> Envelope {
        let (status_code, message, data) = match self {
            Self::MissingField => (400, "Bad request", "Missing required field"),
            Self::ClientNotFound => (404, "Not found", "client_id not found"),
            Self::SecretMismatch => (403, "Forbidden", "client_secret content mismatch from registered client"),
            Self::RedirectMismatch => (403, "Forbidden", "redirect_uri content mismatch from registered client"),
            Self::CodeNotValid => (403, "Forbidden", "code not valid"),
            Self::SomethingBad => return Envelope::new(500, "Something bad happened"),
        };
        Envelope::new(status_code, message).with_data(data)
    }
}
