//! Proof Key for Code Exchange (PKCE, RFC 7636): proves that the sender of a code has also begun the login, so that an
//! intercepted code is useless to an attacker.
//!
//! The app creates a [`CodeVerifier`], sends a [`Challenge`] derived from it in the authorization request, and sends
//! the verifier with the code.

use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::base64url;
pub use crate::secret::CodeVerifier;

/// How the challenge is derived from the verifier (RFC 7636, 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// The SHA-256 of the verifier. The challenge in the authorization request does not reveal the verifier.
    S256,
    /// The verifier itself, for providers that support nothing better.
    #[serde(rename = "plain")]
    Plain,
}

impl Method {
    /// The name, as in `code_challenge_method`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::S256 => "S256",
            Self::Plain => "plain",
        }
    }

    /// The method with that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::S256, Self::Plain].into_iter().find(|method| method.as_str() == name)
    }
}

impl CodeVerifier {
    /// Creates a verifier from 32 cryptographically random bytes: 43 characters of base64url, as RFC 7636, 4.1
    /// recommends.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self::new(base64url::encode(&bytes))
    }

    /// Whether this has the form of a verifier: 43 to 128 unreserved characters (RFC 7636, 4.1).
    pub fn is_well_formed(&self) -> bool {
        let is_unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        (43..=128).contains(&self.expose().len()) && self.expose().bytes().all(is_unreserved)
    }
}

/// The challenge in the authorization request (RFC 7636, 4.3). A plain one is the verifier itself, so `Debug` hides it.
#[derive(Clone)]
pub struct Challenge {
    method: Method,
    value: String,
}

impl Challenge {
    /// Creates a challenge from the SHA-256 of the verifier, which the caller computes.
    pub fn s256(digest: &[u8; 32]) -> Self {
        Self { method: Method::S256, value: base64url::encode(digest) }
    }

    /// Creates a challenge from the verifier itself.
    pub fn plain(verifier: &CodeVerifier) -> Self {
        Self { method: Method::Plain, value: verifier.expose().into() }
    }

    /// The method by which it was derived.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The value, for the code that sends it.
    pub fn expose(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Challenge({}, [redacted])", self.method.as_str())
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn new_verifier_has_43_unreserved_characters() {
        for bytes in [[0; 32], [255; 32], [0b1111_1011; 32]] {
            let verifier = CodeVerifier::from_bytes(bytes);
            assert_eq!(verifier.expose().len(), 43);
            assert!(verifier.is_well_formed(), "{}", verifier.expose());
        }
    }

    #[test]
    fn verifier_has_43_to_128_unreserved_characters() {
        for (verifier, well_formed) in [
            ("a".repeat(43), true),
            ("a".repeat(128), true),
            (format!("AZaz09-._~{}", "a".repeat(33)), true),
            ("a".repeat(42), false),
            ("a".repeat(129), false),
            (String::new(), false),
            (format!("{}+", "a".repeat(43)), false),
            (format!("{}/", "a".repeat(43)), false),
            (format!("{}=", "a".repeat(43)), false),
            (format!("{}%", "a".repeat(43)), false),
            (format!("{} ", "a".repeat(43)), false),
            (format!("{}\n", "a".repeat(43)), false),
            ("é".repeat(43), false),
        ] {
            assert_eq!(CodeVerifier::new(verifier.as_str()).is_well_formed(), well_formed, "{verifier:?}");
        }
    }

    /// RFC 7636, appendix B.
    #[test]
    fn example_of_the_rfc_has_the_expected_challenge() {
        let bytes = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191,
            240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        let digest = [
            19, 211, 30, 150, 26, 26, 216, 236, 47, 22, 177, 12, 76, 152, 46, 8, 118, 168, 120, 173, 109, 241, 68, 86,
            110, 225, 137, 74, 203, 112, 249, 195,
        ];
        let verifier = CodeVerifier::from_bytes(bytes);
        assert_eq!(verifier.expose(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let challenge = Challenge::s256(&digest);
        assert_eq!(
            (challenge.method(), challenge.expose()),
            (Method::S256, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
        );
        assert_eq!(Challenge::plain(&verifier).expose(), verifier.expose());
    }

    #[test]
    fn methods_have_the_names_of_the_rfc() {
        for (method, name) in [(Method::S256, "S256"), (Method::Plain, "plain")] {
            assert_eq!((method.as_str(), Method::named(name)), (name, Some(method)));
            assert_eq!(serde_json::to_string(&method).expect("it is JSON"), format!("\"{name}\""));
        }
    }

    #[test]
    fn unknown_method_is_rejected() {
        for name in ["s256", "PLAIN", "none", ""] {
            assert_eq!(Method::named(name), None, "{name}");
        }
    }

    #[test]
    fn debug_output_hides_verifier_and_challenge() {
        let verifier = CodeVerifier::new("hush");
        let printed = format!("{verifier:?} {:?}", Challenge::plain(&verifier));
        assert_eq!(printed, "CodeVerifier([redacted]) Challenge(plain, [redacted])");
    }
}
