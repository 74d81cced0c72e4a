//! Which paths of a provider's API a page can reach through the function: only paths that mean the same resource to
//! every server, however often it decodes them.

use alloc::string::String;
use alloc::vec::Vec;

/// The allowed paths of a provider's API, relative to the API URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiPaths {
    /// The allowed prefixes, in whole segments. Empty: any path.
    allowed: Vec<String>,
    /// The forbidden prefixes, in whole segments. They are case-insensitive, because some servers' paths are.
    without: &'static [&'static str],
}

impl ApiPaths {
    /// All paths except those with these prefixes.
    pub fn all_but(without: &'static [&'static str]) -> Self {
        Self { allowed: Vec::new(), without }
    }

    /// Parses `OAUTH_API_PATHS`: comma-separated prefixes, each with or without a leading and a trailing `/`.
    pub fn parse(list: &str) -> Option<Self> {
        let mut allowed = Vec::new();
        for prefix in list.split(',').map(str::trim) {
            let prefix = prefix.strip_prefix('/').unwrap_or(prefix);
            let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
            let is_plain = prefix.bytes().all(|b| b.is_ascii_graphic() && !br#"%?#\;"<>^`{|}"#.contains(&b));
            if prefix.is_empty() || !is_plain || !is_unambiguous(prefix) {
                return None;
            }
            allowed.push(prefix.into());
        }
        Some(Self { allowed, without: &[] })
    }

    /// Whether the path, as the caller sent it and without the leading `/`, is unambiguous and allowed.
    pub fn allow(&self, path: &str) -> bool {
        let decoded = decoded(path);
        let is_below = |path: &[u8], prefix: &str| {
            path.strip_prefix(prefix.as_bytes()).is_some_and(|rest| matches!(rest, [] | [b'/', ..]))
        };
        let is_listed = |prefix: &String| is_below(path.as_bytes(), prefix) && is_below(&decoded, prefix);
        let lower = decoded.to_ascii_lowercase();
        let is_left_out = |prefix: &&str| {
            let rest = lower.strip_prefix(prefix.as_bytes());
            rest.is_some_and(|rest| {
                !rest.first().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            })
        };
        is_unambiguous(path)
            && (self.allowed.is_empty() || self.allowed.iter().any(is_listed))
            && !self.without.iter().any(is_left_out)
    }
}

/// Whether the path is unambiguous: it contains no `?` or `#`, and, decoded until it no longer changes and split at `/`
/// and `\`, it has no empty segment except the last, no dot segment, and no control character.
pub fn is_unambiguous(path: &str) -> bool {
    if path.contains(['?', '#']) {
        return false;
    }
    let decoded = decoded(path);
    if String::from_utf8_lossy(&decoded).chars().any(char::is_control) {
        return false;
    }
    let mut segments = decoded.split(|b| matches!(b, b'/' | b'\\')).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        if matches!(segment, b"." | b"..") || (segment.is_empty() && !is_last) {
            return false;
        }
    }
    true
}

/// The path, percent-decoded until it no longer changes. Each complete escape is replaced immediately, so that an
/// escape completed by the decoded byte is found as well. This takes one pass.
fn decoded(path: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(path.len());
    for byte in path.bytes() {
        decoded.push(byte);
        while let [.., b'%', high, low] = decoded[..]
            && let (Some(high), Some(low)) = (digit(high), digit(low))
        {
            decoded.truncate(decoded.len() - 3);
            decoded.push(high << 4 | low);
        }
    }
    decoded
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ambiguous_path_is_rejected() {
        for (path, good) in [
            ("", true),
            ("users", true),
            ("users/", true),
            ("users/@me", true),
            ("a/b.c/...", true),
            ("caf%C3%A9", true),
            ("a%2520b", true),
            ("100%", true),
            ("/", false),
            ("/users", false),
            ("a//b", false),
            (".", false),
            ("..", false),
            ("a/..", false),
            ("a/../b", false),
            ("a/./b", false),
            ("a/%2e%2E/b", false),
            ("a/.%2e/b", false),
            ("a%2f..%2fb", false),
            ("a%5c..%5cb", false),
            ("a\\..\\b", false),
            ("a/%252e%252e/b", false),
            ("a/%25252e./b", false),
            ("a/%2%35252e./b", false),
            ("a%2f/b", false),
            ("a%00", false),
            ("a%0d%0ab", false),
            ("a%250a", false),
            ("a%7f", false),
            ("a%C2%85", false),
            ("a?b", false),
            ("a#b", false),
        ] {
            assert_eq!(is_unambiguous(path), good, "{path}");
        }
    }

    #[test]
    fn allowed_prefixes_match_whole_segments_as_sent_and_decoded() {
        let paths = ApiPaths::parse("users, /v2/anime/").expect("it is valid");
        for (path, good) in [
            ("users", true),
            ("users/", true),
            ("users/7", true),
            ("v2/anime", true),
            ("", false),
            ("users2", false),
            ("Users", false),
            ("v2", false),
            ("v2/animes", false),
            ("%75sers", false),
            ("users%2f7", false),
            ("v2%2fanime", false),
            ("admin", false),
            ("users/../admin", false),
        ] {
            assert_eq!(paths.allow(path), good, "{path}");
        }
        for list in ["", ",", "users,", "/", "a//b", "a/../b", "a%2fb", "a?b", "a b", "é", "a\\b"] {
            assert_eq!(ApiPaths::parse(list), None, "{list}");
        }
    }

    #[test]
    fn forbidden_prefixes_match_in_every_spelling() {
        let paths = ApiPaths::all_but(&["oauth", "oauth2"]);
        for (path, good) in [
            ("", true),
            ("anime/1", true),
            ("oauths", true),
            ("oauth-apps", true),
            ("x/oauth", true),
            ("oauth", false),
            ("oauth/token", false),
            ("OAuth/token", false),
            ("%6fauth/token", false),
            ("%256Fauth", false),
            ("oauth%2ftoken", false),
            ("oauth;x=1/token", false),
            ("oauth.json", false),
            ("oauth2/revoke", false),
        ] {
            assert_eq!(paths.allow(path), good, "{path}");
        }
    }

    proptest! {
        #[test]
        fn decoding_is_complete(path in "[a%2505eEfF./]{0,40}") {
            let once = decoded(&path);
            let text = String::from_utf8_lossy(&once).into_owned();
            if text.as_bytes() == once {
                prop_assert_eq!(decoded(&text), once, "{}", path);
            }
        }

        #[test]
        fn dot_segment_is_found_at_any_depth_of_encoding(depth in 0_usize..50) {
            let path = format!("a/%{}2e./b", "25".repeat(depth));
            prop_assert!(!is_unambiguous(&path));
        }
    }
}
