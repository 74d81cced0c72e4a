//! Secret values: `Debug` hides them, and reading one requires an explicit call of `expose`.
//!
//! None of them implements `PartialEq`: this project need not compare secrets, and a comparison that stops at the first
//! difference would leak its position.

use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps a value, so that it is not printed by accident.
            pub fn new(value: impl Into<String>) -> Self {
                Self(value.into())
            }

            /// The value itself, for the code that sends it.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
}

secret! {
    /// The client secret (RFC 6749, 2.3.1). Only the function has it.
    ClientSecret
}

secret! {
    /// An authorization code (RFC 6749, 4.1.2).
    AuthorizationCode
}

secret! {
    /// An access token (RFC 6749, 1.4).
    AccessToken
}

secret! {
    /// A refresh token (RFC 6749, 1.5). It does not leave the function unencrypted.
    RefreshToken
}

secret! {
    /// A key that encrypts session cookies: one part of `OAUTH_SESSION_KEY`.
    SessionKey
}

secret! {
    /// A PKCE verifier (RFC 7636): see [`pkce`](crate::pkce).
    CodeVerifier
}

impl AuthorizationCode {
    /// Whether this has the form of a code: `1*VSCHAR`, printable ASCII (RFC 6749, appendix A.11), and at most
    /// [`MAX_CODE`](crate::token::MAX_CODE) bytes.
    pub fn is_well_formed(&self) -> bool {
        (1..=crate::token::MAX_CODE).contains(&self.0.len()) && self.0.bytes().all(|b| (b' '..=b'~').contains(&b))
    }
}

impl SessionKey {
    /// Whether it consists of at least 32 characters of `A-Z a-z 0-9 - _`.
    pub fn is_well_formed(&self) -> bool {
        self.0.len() >= 32 && self.0.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    }
}

impl AccessToken {
    /// Whether a browser can send this as `Authorization: Bearer …` (RFC 6750, 2.1): visible ASCII, not empty.
    pub fn is_well_formed(&self) -> bool {
        !self.0.is_empty() && self.0.bytes().all(|b| b.is_ascii_graphic())
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn debug_output_hides_secrets() {
        assert_eq!(format!("{:?}", ClientSecret::new("hush")), "ClientSecret([redacted])");
        assert_eq!(format!("{:#?}", AuthorizationCode::new("hush")), "AuthorizationCode([redacted])");
        assert_eq!(format!("{:?}", Some(AccessToken::new("hush"))), "Some(AccessToken([redacted]))");
    }

    #[test]
    fn code_is_printable_ascii() {
        for (code, well_formed) in [
            ("abcDEF0123", true),
            ("with space", true),
            ("~!", true),
            ("", false),
            ("tab\t", false),
            ("nul\0", false),
            ("del\u{7f}", false),
            ("ünï", false),
        ] {
            assert_eq!(AuthorizationCode::new(code).is_well_formed(), well_formed, "{code:?}");
        }
        assert!(AuthorizationCode::new("a".repeat(8000)).is_well_formed());
        assert!(!AuthorizationCode::new("a".repeat(8001)).is_well_formed());
    }

    #[test]
    fn access_token_is_visible_ascii() {
        for (token, well_formed) in
            [("a.b.c", true), ("!~", true), ("", false), ("a b", false), ("a\nb", false), ("é", false)]
        {
            assert_eq!(AccessToken::new(token).is_well_formed(), well_formed, "{token:?}");
        }
    }
}
