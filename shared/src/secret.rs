//! Values that must not be seen: they cannot be printed, and reading one has to be asked for by name.
//!
//! None of them has `PartialEq`: comparing secrets is nothing this project needs, and a comparison that stops at the
//! first difference would leak where it is.

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
            /// Wraps a value. From here on it is not printed by accident.
            pub fn new(value: impl Into<String>) -> Self {
                Self(value.into())
            }

            /// The value itself, for the one place that has to send it.
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
    /// The client's secret (RFC 6749, 2.3.1). It exists in the function alone.
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
    /// What proves that the code is ours to exchange (RFC 7636): see [`pkce`](crate::pkce).
    CodeVerifier
}

impl AuthorizationCode {
    /// Whether this can be a code at all: `1*VSCHAR`, printable ASCII (RFC 6749, appendix A.11), and at most
    /// [`MAX_CODE`](crate::token::MAX_CODE) bytes.
    pub fn is_well_formed(&self) -> bool {
        (1..=crate::token::MAX_CODE).contains(&self.0.len()) && self.0.bytes().all(|b| (b' '..=b'~').contains(&b))
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
    fn secrets_do_not_print() {
        assert_eq!(format!("{:?}", ClientSecret::new("hush")), "ClientSecret([redacted])");
        assert_eq!(format!("{:#?}", AuthorizationCode::new("hush")), "AuthorizationCode([redacted])");
        assert_eq!(format!("{:?}", Some(AccessToken::new("hush"))), "Some(AccessToken([redacted]))");
    }

    #[test]
    fn a_code_is_printable_ascii() {
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
    fn a_token_is_visible_ascii() {
        for (token, well_formed) in
            [("a.b.c", true), ("!~", true), ("", false), ("a b", false), ("a\nb", false), ("é", false)]
        {
            assert_eq!(AccessToken::new(token).is_well_formed(), well_formed, "{token:?}");
        }
    }
}
