//! The proof that whoever brings a code has also begun the login (PKCE, RFC 7636): a code that was seen on its way is
//! worth nothing to whoever saw it.
//!
//! The app makes a [`CodeVerifier`], sends a [`Challenge`] made from it with the person, and the verifier with the code.

use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::base64url;
pub use crate::secret::CodeVerifier;

/// How the challenge is made from the verifier (RFC 7636, 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// It is the verifier's SHA-256. Whoever sees the way to the login page learns nothing.
    S256,
    /// It is the verifier. For providers that know nothing better.
    #[serde(rename = "plain")]
    Plain,
}

impl Method {
    /// The name, as `code_challenge_method` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::S256 => "S256",
            Self::Plain => "plain",
        }
    }

    /// The method of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::S256, Self::Plain].into_iter().find(|method| method.as_str() == name)
    }
}

impl CodeVerifier {
    /// Makes a verifier of 32 bytes from the browser's cryptographic source: 43 characters of base64url, as RFC 7636,
    /// 4.1 recommends.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self::new(base64url::encode(&bytes))
    }

    /// Whether this can be a verifier at all: 43 to 128 unreserved characters (RFC 7636, 4.1).
    pub fn is_well_formed(&self) -> bool {
        let is_unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        (43..=128).contains(&self.expose().len()) && self.expose().bytes().all(is_unreserved)
    }
}

/// What goes to the login page (RFC 7636, 4.3). A plain one is the verifier itself, so it does not print.
#[derive(Clone)]
pub struct Challenge {
    method: Method,
    value: String,
}

impl Challenge {
    /// From the SHA-256 of the verifier's characters, which each side makes by the means it has.
    pub fn s256(digest: &[u8; 32]) -> Self {
        Self { method: Method::S256, value: base64url::encode(digest) }
    }

    /// From the verifier.
    pub fn plain(verifier: &CodeVerifier) -> Self {
        Self { method: Method::Plain, value: verifier.expose().into() }
    }

    /// How it was made.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The value, for the one place that has to send it.
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
    fn a_verifier_is_43_unreserved_characters() {
        for bytes in [[0; 32], [255; 32], [0b1111_1011; 32]] {
            let verifier = CodeVerifier::from_bytes(bytes);
            assert_eq!(verifier.expose().len(), 43);
            assert!(verifier.is_well_formed(), "{}", verifier.expose());
        }
    }

    #[test]
    fn a_verifier_has_43_to_128_characters_that_need_no_escape() {
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
    fn the_example_of_the_rfc_gives_its_challenge() {
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
    fn the_methods_are_named_as_the_rfc_names_them() {
        for (method, name) in [(Method::S256, "S256"), (Method::Plain, "plain")] {
            assert_eq!((method.as_str(), Method::named(name)), (name, Some(method)));
            assert_eq!(serde_json::to_string(&method).expect("it is JSON"), format!("\"{name}\""));
        }
    }

    #[test]
    fn another_name_is_no_method() {
        for name in ["s256", "PLAIN", "none", ""] {
            assert_eq!(Method::named(name), None, "{name}");
        }
    }

    #[test]
    fn neither_verifier_nor_challenge_prints() {
        let verifier = CodeVerifier::new("hush");
        let printed = format!("{verifier:?} {:?}", Challenge::plain(&verifier));
        assert_eq!(printed, "CodeVerifier([redacted]) Challenge(plain, [redacted])");
    }
}
