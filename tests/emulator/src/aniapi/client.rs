//! The registered client (RFC 6749, 2), and GUIDs as AniAPI's server parses them.

/// The registered client's id. AniAPI's are GUIDs.
pub const CLIENT_ID: &str = "5f0c7a3e-9d41-4b68-8a52-e1c06b7d2f94";

/// The registered client's secret; public, like everything about the emulator.
pub const CLIENT_SECRET: &str = "c28e41b7-06fd-4e93-b5a8-3d7f90126ce5";

pub(super) fn is_client(id: u128) -> bool {
    guid(CLIENT_ID) == Some(id)
}

pub(super) fn is_secret(secret: u128) -> bool {
    guid(CLIENT_SECRET) == Some(secret)
}

/// A GUID's value, so that different spellings are equal. Digits may be in either case, with or without hyphens, in
/// braces, in parentheses or bare, and surrounded by whitespace: .NET's parser, which AniAPI uses, accepts all of
/// these. For `None`, AniAPI fails with a bare 500.
pub(super) fn guid(text: &str) -> Option<u128> {
    let text = text.trim();
    let hyphenated = match text.as_bytes() {
        [b'{', .., b'}'] | [b'(', .., b')'] => &text[1..text.len() - 1],
        [..] if text.len() == 32 => return digits(text),
        [..] => text,
    };

    let parts: Vec<&str> = hyphenated.split('-').collect();
    if !parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) {
        return None;
    }
    digits(&parts.concat())
}

fn digits(text: &str) -> Option<u128> {
    // `from_str_radix` would accept a sign, too.
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_guid_are_equal() {
        let value = guid(CLIENT_ID);
        assert!(value.is_some());
        for written in [
            CLIENT_ID.to_uppercase(),
            CLIENT_ID.replace('-', ""),
            format!("{{{CLIENT_ID}}}"),
            format!("({CLIENT_ID})"),
            format!(" {CLIENT_ID} "),
        ] {
            assert_eq!(guid(&written), value, "{written}");
        }
    }

    #[test]
    fn invalid_guid_has_no_value() {
        for written in [
            "",
            "{}",
            "client",
            "5f0c7a3e9d41-4b68-8a52-e1c06b7d2f94",
            "+f0c7a3e-9d41-4b68-8a52-e1c06b7d2f94",
            "5f0c7a3e-9d41-4b68-8a52-e1c06b7d2f9",
            "ä0c7a3e-9d41-4b68-8a52-e1c06b7d2f94",
        ] {
            assert_eq!(guid(written), None, "{written}");
        }
    }
}
