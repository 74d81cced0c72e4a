//! AniAPI's error responses to token requests: HTTP 200, and an envelope with the reason.

use super::envelope::Envelope;
use crate::refusal::Refusal;

pub(super) fn envelope(refusal: Refusal) -> Envelope {
    let (status_code, message, data) = match refusal {
        Refusal::MissingField => (400, "Bad request", "Missing required field"),
        Refusal::ClientNotFound => (404, "Not found", "client_id not found"),
        Refusal::SecretMismatch => (403, "Forbidden", "client_secret content mismatch from registered client"),
        Refusal::RedirectMismatch => (403, "Forbidden", "redirect_uri content mismatch from registered client"),
        Refusal::CodeNotValid | Refusal::RefreshTokenNotValid | Refusal::GrantTypeUnsupported => {
            (403, "Forbidden", "code not valid")
        }
        Refusal::SomethingBad => return Envelope::new(500, "Something bad happened"),
    };
    Envelope::new(status_code, message).with_data(data)
}
