//! When a JSON Web Token expires. Its signature is not checked, because the token comes from the provider's own
//! response.

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::json;

/// The expiry in the claims of a JWT.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Expiry {
    /// Not a JWT, or one without `exp`.
    Unknown,
    /// `exp` (RFC 7519, 4.1.4), in seconds since the Unix epoch; it may have a fraction.
    At(f64),
    /// A JWT whose `exp` occurs twice or is not a number.
    Unreadable,
}

/// Reads the `exp` claim in the second part of a token. The contents of the other parts do not matter.
pub fn expiry(token: &str) -> Expiry {
    let Some(claims) = claims(token) else { return Expiry::Unknown };
    if json::object::<Members>(&claims).is_err() {
        return Expiry::Unknown;
    }
    match json::object::<Claims>(&claims) {
        Ok(Claims { exp: Some(exp) }) => Expiry::At(exp),
        Ok(Claims { exp: None }) => Expiry::Unknown,
        Err(_) => Expiry::Unreadable,
    }
}

fn claims(token: &str) -> Option<Vec<u8>> {
    let mut parts = token.split('.');
    let (_header, claims, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    URL_SAFE_NO_PAD.decode(claims).ok()
}

/// Any JSON object.
type Members = alloc::collections::BTreeMap<String, IgnoredAny>;

#[derive(Deserialize)]
struct Claims {
    #[serde(default, deserialize_with = "number")]
    exp: Option<f64>,
}

/// Deserializes `exp` as a number if it is present. `null` is an error.
fn number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    f64::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use proptest::prelude::*;

    use super::*;

    fn token(claims: &str) -> String {
        format!("h.{}.s", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn exp_is_read_from_the_claims() {
        for (claims, expected) in [
            (r#"{"id":7,"exp":1700000000}"#, Expiry::At(1_700_000_000.0)),
            (r#"{"exp":1700000000.5}"#, Expiry::At(1_700_000_000.5)),
            (r#"{"exp":-1}"#, Expiry::At(-1.0)),
            (r#" {"exp":1e12} "#, Expiry::At(1e12)),
            (r#"{"id":7}"#, Expiry::Unknown),
            (r#"{"exp":"1700000000"}"#, Expiry::Unreadable),
            (r#"{"exp":null}"#, Expiry::Unreadable),
            (r#"{"exp":1,"exp":2}"#, Expiry::Unreadable),
            (r#"{"exp":1e999}"#, Expiry::Unreadable),
            ("[1700000000]", Expiry::Unknown),
            ("7", Expiry::Unknown),
            ("{", Expiry::Unknown),
            ("", Expiry::Unknown),
        ] {
            assert_eq!(expiry(&token(claims)), expected, "{claims}");
        }
    }

    #[test]
    fn other_parts_may_contain_anything() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"exp":5}"#);
        for token in [format!(".{claims}."), format!("!!.{claims}.??"), format!("h.{claims}.s")] {
            assert_eq!(expiry(&token), Expiry::At(5.0), "{token}");
        }
    }

    #[test]
    fn claims_that_are_not_utf_8_are_ignored() {
        for claims in [&b"{\"a\":\"\xff\",\"exp\":5}"[..], b"{\"exp\":\"\xff\"}"] {
            assert_eq!(expiry(&format!("h.{}.s", URL_SAFE_NO_PAD.encode(claims))), Expiry::Unknown);
        }
    }

    #[test]
    fn token_that_is_not_a_jwt_is_opaque() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"exp":5}"#);
        for token in ["opaque", "a.b", "..", "", &format!("h.{claims}"), &format!("h.{claims}.s.x"), "h.!!!.s"] {
            assert_eq!(expiry(token), Expiry::Unknown, "{token}");
        }
    }

    proptest! {
        #[test]
        fn no_token_causes_a_panic(token in "\\PC{0,64}", claims in "\\PC{0,64}") {
            let _ = expiry(&token);
            let _ = expiry(&self::token(&claims));
        }
    }
}
