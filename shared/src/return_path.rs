//! The place to come back to: a path of this app and nothing else, or a login would be an open redirect
//! (RFC 9700, 4.11).

use alloc::string::String;

/// The longest place that is remembered, in bytes.
const MAX_LEN: usize = 2048;

/// A path of this app, with query and fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnPath(String);

impl ReturnPath {
    /// The front page.
    pub fn home() -> Self {
        Self("/".into())
    }

    /// Takes a place as it stands in the address bar; one that is no path of this app becomes the front page.
    ///
    /// Refused are other origins in every disguise that the URL standard knows (`//host`, `/\host`, tabs and line
    /// ends that a browser drops, `/.//host`), and the callback's own address, which would judge an old answer again.
    pub fn new(place: &str) -> Self {
        if Self::is_own_path(place) { Self(place.into()) } else { Self::home() }
    }

    fn is_own_path(place: &str) -> bool {
        let path = path(place);
        place.len() <= MAX_LEN
            && place.starts_with('/')
            && place.bytes().all(|b| b.is_ascii_graphic())
            && !place.contains('\\')
            // Dot segments and empty segments are how a path turns into `//host` when it is normalised.
            && !path.as_bytes().windows(2).any(|two| two == b"//")
            && !path.split('/').any(is_dot_segment)
            && path != "/auth"
            && !path.starts_with("/auth/")
            && path != "/api"
            && !path.starts_with("/api/")
    }

    /// The place, to be given to the browser's history.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The path of a place, without query and fragment.
pub fn path(place: &str) -> &str {
    let end = place.bytes().position(|b| b == b'?' || b == b'#').unwrap_or(place.len());
    place.get(..end).unwrap_or_default()
}

/// `.` and `..`, also percent-encoded, as the URL standard reads them.
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
    fn everything_else_becomes_the_front_page() {
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
