//! Reading JSON that somebody else wrote.

use serde::de::DeserializeOwned;

/// Reads a JSON **object**, and nothing else, from the whole of `bytes`.
///
/// `serde` would also fill a struct from an array, by position; what others send us is an object or it is wrong.
///
/// # Errors
/// Where the bytes are not exactly one JSON object of the wanted shape. Doubled fields are an error too.
pub fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, NotThatObject> {
    let first = bytes.iter().find(|b| !b.is_ascii_whitespace());
    if first != Some(&b'{') {
        return Err(NotThatObject);
    }
    // Of a member that nobody wants, `serde_json` would not look at the bytes (RFC 8259, 8.1).
    let text = core::str::from_utf8(bytes).map_err(|_| NotThatObject)?;
    serde_json::from_str(text).map_err(|_| NotThatObject)
}

/// The bytes were no JSON object of the wanted shape. It says no more, as a parser's message quotes what it read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotThatObject;
