//! The page to return to after a login. It must be a path of this app, or the login would be an open redirector (RFC
//! 9700, 4.11).

use alloc::string::String;

/// The maximum length of a return path, in bytes.
const MAX_LEN: usize = 2048;

/// A path of this app, with query and fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnPath(String);

impl ReturnPath {
    /// The home page.
    pub fn home() -> Self {
        Self("/".into())
    }

    /// Creates a return path from an address without its origin. Anything that is not a path of this app becomes the
    /// home page.
    ///
    /// This rejects other origins in every form that the URL standard allows (`//host`, `/\host`, tabs and line breaks,
    /// which browsers remove, `/.//host`), and the paths of callbacks, which would process an old response again, and
    /// of the function.
    pub fn new(place: &str) -> Self {
        if Self::is_own_path(place) { Self(place.into()) } else { Self::home() }
    }

    fn is_own_path(place: &str) -> bool {
        let path = path(place);
        place.len() <= MAX_LEN
            && place.starts_with('/')
            && place.bytes().all(|b| b.is_ascii_graphic())
            && !place.contains('\\')
            // With dot segments or empty segments, a path can become `//host` when it is normalised.
            && !path.as_bytes().windows(2).any(|two| two == b"//")
            && !path.split('/').any(is_dot_segment)
            && path != "/auth"
            && !path.starts_with("/auth/")
            && path != "/api"
            && !path.starts_with("/api/")
    }

    /// The path, with query and fragment.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The path without query and fragment.
pub fn path(place: &str) -> &str {
    let end = place.bytes().position(|b| b == b'?' || b == b'#').unwrap_or(place.len());
    place.get(..end).unwrap_or_default()
}

/// Whether the segment is `.` or `..`, plain or percent-encoded, as in the URL standard.
fn is_dot_segment(segment: &str) -> bool {
    const SPELLINGS: [&str; 6] = [".", "%2e", "..", ".%2e", "%2e.", "%2e%2e"];
    SPELLINGS.iter().any(|spelling| segment.eq_ignore_ascii_case(spelling))
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_of_this_app_are_kept() {
        for place in [
            "/",
            "/anime",
            "/anime/1?page=2#top",
            "/a?next=//evil.example",
            "/a#//b",
            "/authors",
            "/authors",
            "/%2F%2Fevil",
            "/...",
            "/apiary",
        ] {
            assert_eq!(ReturnPath::new(place).as_str(), place);
        }
    }

    #[test]
    fn everything_else_becomes_the_home_page() {
        for place in [
            "",
            "anime",
            "https://evil.example",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            " //evil.example",
            "/.//evil.example",
            "/..//evil.example",
            "/%2e//evil.example",
            "/%2E%2e/x",
            "/a/../..//evil.example",
            "/a//b",
            "javascript:alert(1)",
            "data:text/html,x",
            "?x",
            "#x",
            "/auth",
            "/auth/",
            "/auth/github",
            "/auth/x/y",
            "/auth?code=a&state=b",
            "/auth#x",
            "/api",
            "/api/config",
            "/ünï",
        ] {
            assert_eq!(ReturnPath::new(place), ReturnPath::home(), "{place:?}");
        }
        assert_eq!(ReturnPath::new(&format!("/{}", "a".repeat(2048))), ReturnPath::home());
    }

    proptest! {
        #[test]
        fn no_input_leads_to_another_host(place in "[/\\\\.%2eE\\t\\n a-c:?#@]{0,12}") {
            let kept = ReturnPath::new(&place);
            prop_assert!(kept.as_str().starts_with('/'));
            prop_assert!(!kept.as_str()[1..].starts_with(['/', '\\']));
        }
    }
}
