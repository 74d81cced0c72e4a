//! Why an exchange is refused. Each service has its own words for it.

use serde::Deserialize;

/// A reason to refuse an exchange, in the order of the checks.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// A parameter is missing or empty.
    MissingField,
    /// No client has this id.
    ClientNotFound,
    /// The client has another secret.
    SecretMismatch,
    /// The redirect address is another.
    RedirectMismatch,
    /// No such code, or its time is over, or the proof of who asked for it is wrong.
    CodeNotValid,
    /// The service is at fault.
    SomethingBad,
}
