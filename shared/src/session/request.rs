//! The bodies of `POST` and `DELETE /api/session`.

use alloc::string::String;
use core::error::Error;
use core::fmt;

use serde::{Deserialize, Deserializer};

use crate::json;
use crate::secret::AccessToken;
use crate::token::MAX_FIELD;

/// The body of `POST /api/session`. Without a body, nothing is requested.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    /// Renew the session if this is the number of its renewals.
    #[serde(default, deserialize_with = "present")]
    pub renewals: Option<u64>,
    /// Request the profile.
    #[serde(default)]
    pub profile: bool,
}

/// Deserializes a number, if the member is present. `null` is an error.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    u64::deserialize(deserializer).map(Some)
}

impl SessionRequest {
    /// Parses an untrusted request.
    ///
    /// # Errors
    /// If it is not one JSON object with at most these members, each at most once.
    pub fn parse(body: &[u8]) -> Result<Self, InvalidSessionRequest> {
        json::object(body).map_err(|_| InvalidSessionRequest)
    }
}

/// The body of `DELETE /api/session` in `tab` mode: the token to revoke.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndRequest {
    /// The provider's id in `/api/config`.
    pub provider: String,
    /// The token.
    pub access_token: AccessToken,
}

impl EndRequest {
    /// Parses an untrusted request.
    ///
    /// # Errors
    /// If it is not one JSON object with exactly these members, each once, or their values are invalid.
    pub fn parse(body: &[u8]) -> Result<Self, InvalidSessionRequest> {
        let request: Self = json::object(body).map_err(|_| InvalidSessionRequest)?;
        let is_good = (1..=MAX_FIELD).contains(&request.provider.len()) && request.access_token.is_well_formed();
        is_good.then_some(request).ok_or(InvalidSessionRequest)
    }
}

/// The body is not a valid request. There are no details, because they would quote the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSessionRequest;

impl fmt::Display for InvalidSessionRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body is not a valid session request")
    }
}

impl Error for InvalidSessionRequest {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewal_and_profile_are_optional() {
        for (body, expected) in [
            ("{}", Some((None, false))),
            (r#"{"renewals":0}"#, Some((Some(0), false))),
            (r#"{"profile":true,"renewals":18446744073709551615}"#, Some((Some(u64::MAX), true))),
            (r#"{"profile":false}"#, Some((None, false))),
            (r#"{"renewals":null}"#, None),
            (r#"{"renewals":-1}"#, None),
            (r#"{"renewals":1.5}"#, None),
            (r#"{"renewals":"1"}"#, None),
            (r#"{"renewals":1,"renewals":1}"#, None),
            (r#"{"profile":1}"#, None),
            (r#"{"profile":null}"#, None),
            (r#"{"more":1}"#, None),
            ("[]", None),
            ("[1,true]", None),
            ("null", None),
            ("", None),
        ] {
            let read = SessionRequest::parse(body.as_bytes()).ok();
            assert_eq!(read.map(|request| (request.renewals, request.profile)), expected, "{body}");
        }
    }

    #[test]
    fn token_to_revoke_needs_a_provider_and_a_valid_form() {
        for (body, is_good) in [
            (r#"{"provider":"p","access_token":"t"}"#, true),
            (r#"{"provider":"p"}"#, false),
            (r#"{"access_token":"t"}"#, false),
            (r#"{"provider":"","access_token":"t"}"#, false),
            (r#"{"provider":"p","access_token":""}"#, false),
            (r#"{"provider":"p","access_token":"a b"}"#, false),
            (r#"{"provider":"p","access_token":"t","more":1}"#, false),
            (r#"{"provider":"p","access_token":"t","access_token":"t"}"#, false),
            (r#"["p","t"]"#, false),
            ("{}", false),
        ] {
            assert_eq!(EndRequest::parse(body.as_bytes()).is_ok(), is_good, "{body}");
        }
    }
}
