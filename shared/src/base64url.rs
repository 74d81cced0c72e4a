//! base64url without padding (RFC 4648, 5), with which the app encodes random bytes. The library that the function uses
//! for decoding is faster, but four times as much code, which every visitor would have to download.

use alloc::string::String;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Encodes bytes in base64url, six bits per character.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut bits, mut waiting) = (0_u32, 0);
    for &byte in bytes {
        bits = bits << 8 | u32::from(byte);
        waiting += 8;
        while waiting >= 6 {
            waiting -= 6;
            text.push(character(bits >> waiting));
        }
    }
    if waiting > 0 {
        text.push(character(bits << (6 - waiting)));
    }
    text
}

/// The character for the lowest six bits.
fn character(bits: u32) -> char {
    char::from(ALPHABET[(bits & 63) as usize])
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn encoding_is_that_of_the_library(bytes in proptest::collection::vec(any::<u8>(), 0..70)) {
            prop_assert_eq!(encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes));
        }
    }
}
