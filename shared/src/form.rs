//! `application/x-www-form-urlencoded` (WHATWG URL, 5), for the queries that the app writes and reads. The library that
//! the function uses is more code, which every visitor would have to download. Tests compare the two.

use alloc::string::String;
use alloc::vec::Vec;

/// Appends a parameter to a query.
pub(crate) fn append(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    encode(query, name);
    query.push('=');
    encode(query, value);
}

fn encode(query: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => query.push(char::from(byte)),
            b' ' => query.push('+'),
            _ => query.extend(['%', digit(byte >> 4), digit(byte & 15)]),
        }
    }
}

fn digit(value: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(value & 15)])
}

/// The parameters of a query, in order.
pub(crate) fn parse(query: &str) -> impl Iterator<Item = (String, String)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

/// Decodes a name or a value. An invalid escape is kept unchanged, and invalid UTF-8 becomes the replacement character.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        rest = more;
        match (first, more) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(value(*high) << 4 | value(*low));
                rest = after;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The value of a hexadecimal digit.
fn value(digit: u8) -> u8 {
    // The lowest four bits of a letter count from one, in upper and lower case.
    if digit.is_ascii_digit() { digit & 15 } else { (digit & 15) + 9 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn query_is_written_like_the_library_writes_it(pairs: Vec<(String, String)>) {
            let mut query = String::new();
            for (name, value) in &pairs {
                append(&mut query, name, value);
            }
            let expected = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            prop_assert_eq!(query, expected);
        }

        #[test]
        fn query_is_read_like_the_library_reads_it(query in "[a%+&=2fF\u{e9}?#]{0,40}") {
            let read: Vec<_> = parse(&query).collect();
            let expected: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            prop_assert_eq!(read, expected);
        }
    }
}
