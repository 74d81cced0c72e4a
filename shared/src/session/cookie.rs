//! The session cookie (RFC 6265): its names and attributes, how an encrypted session is split over one or two cookies,
//! and how it is found in the `Cookie` header, which is untrusted.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::redirect;

/// The maximum length of a cookie's value, in bytes: browsers accept 4,096 bytes for name, value and attributes.
pub const MAX_VALUE: usize = 3800;

/// The format number, which is the first character of the value. A value with another number, older or newer, is
/// ignored.
pub const FORMAT: u8 = b'1';

/// How many values of a request the function tries to decrypt: more than a browser sends by mistake.
const MAX_TRIES: usize = 64;

/// The names of the session's two cookies, and their attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionCookie {
    name: String,
    is_secure: bool,
}

/// Some origins have TLS and others do not, so there is no valid cookie for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MixedOrigins;

impl fmt::Display for MixedOrigins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the redirect URIs mix https and http origins")
    }
}

impl Error for MixedOrigins {}

impl SessionCookie {
    /// The cookie of an app on the origins of these redirect URIs, which are `https`, or `http` on a loopback host.
    ///
    /// # Errors
    /// If the origins are of both kinds, because a cookie is either `Secure` or not.
    pub fn of<'a>(redirect_uris: impl IntoIterator<Item = &'a str> + Clone) -> Result<Self, MixedOrigins> {
        let is_plain = |uri: &str| uri.starts_with("http://");
        let uris = || redirect_uris.clone().into_iter();
        if !uris().any(is_plain) {
            return Ok(Self { name: "__Host-Http-session".into(), is_secure: true });
        }
        if !uris().all(is_plain) {
            return Err(MixedOrigins);
        }
        // Browsers do not accept `Secure` cookies from every loopback host, and cookies are not separated by port.
        let origin = uris().next().and_then(redirect::origin).unwrap_or_default();
        let port =
            origin.rsplit_once(':').map(|(_, port)| port).filter(|port| port.bytes().all(|b| b.is_ascii_digit()));
        Ok(Self { name: format!("session-{}", port.unwrap_or("80")), is_secure: false })
    }

    /// The name of the first cookie. The second one has the suffix `-1`.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn second_name(&self) -> String {
        format!("{}-1", self.name)
    }

    /// The `Set-Cookie` headers for an encrypted session: one, or two if necessary. `None` if it does not fit into two.
    /// `max_age` is in seconds; without it, the cookie ends with the browser. `has_second` is whether the request had
    /// the second cookie, which is cleared if it is no longer needed.
    pub fn set(&self, sealed: &[u8], max_age: Option<u64>, has_second: bool) -> Option<Vec<String>> {
        let encoded = URL_SAFE_NO_PAD.encode(sealed);
        let parts = 1 + usize::from(encoded.len() + 2 > MAX_VALUE);
        let value = format!("{}{parts}{encoded}", char::from(FORMAT));
        let (first, second) = value.split_at_checked(MAX_VALUE).unwrap_or((&value, ""));
        if second.len() > MAX_VALUE {
            return None;
        }
        let mut headers = Vec::from([self.header(&self.name, first, max_age)]);
        if !second.is_empty() {
            headers.push(self.header(&self.second_name(), second, max_age));
        } else if has_second {
            headers.push(self.header(&self.second_name(), "", Some(0)));
        }
        Some(headers)
    }

    /// The `Set-Cookie` headers that clear both cookies.
    pub fn clear(&self) -> [String; 2] {
        [self.header(&self.name, "", Some(0)), self.header(&self.second_name(), "", Some(0))]
    }

    fn header(&self, name: &str, value: &str, max_age: Option<u64>) -> String {
        let secure = if self.is_secure { "; Secure" } else { "" };
        let max_age = max_age.map(|seconds| "; Max-Age=".to_string() + &seconds.to_string()).unwrap_or_default();
        format!("{name}={value}; Path=/{secure}; HttpOnly; SameSite=Strict{max_age}")
    }

    /// Finds the session's cookies in the `Cookie` headers of a request.
    pub fn find<'a>(&self, headers: impl Iterator<Item = &'a [u8]>) -> Found<'a> {
        let second_name = self.second_name();
        let mut found = Found::default();
        for cookie in headers.flat_map(|header| header.split(|byte| *byte == b';')) {
            let cookie = cookie.trim_ascii();
            let Some(at) = cookie.iter().position(|byte| *byte == b'=') else { continue };
            let (name, value) = (&cookie[..at], &cookie[at + 1..]);
            if name == self.name.as_bytes() {
                found.first.push(value);
            } else if name == second_name.as_bytes() {
                found.second.push(value);
            }
        }
        found
    }
}

/// The values of the session's cookies, in order. Each name should occur once; further ones are left over, or were set
/// by an attacker who can set cookies for the host.
#[derive(Debug, Default)]
pub struct Found<'a> {
    first: Vec<&'a [u8]>,
    second: Vec<&'a [u8]>,
}

impl Found<'_> {
    /// Whether there is a second cookie.
    pub fn has_second(&self) -> bool {
        !self.second.is_empty()
    }

    /// Returns the result of `open` for the first value that it can decrypt.
    pub fn open<T>(&self, mut open: impl FnMut(Vec<u8>) -> Option<T>) -> Option<T> {
        let mut tries = 0;
        for first in &self.first {
            let Some((head, rest)) = first.split_first_chunk::<2>() else { continue };
            let ends: &[&[u8]] = match head {
                // The first of two cookies has the maximum length.
                [FORMAT, b'2'] if first.len() == MAX_VALUE => &self.second,
                [FORMAT, b'1'] => &[b""],
                _ => continue,
            };
            for end in ends.iter().filter(|end| end.len() <= MAX_VALUE) {
                tries += 1;
                if tries > MAX_TRIES {
                    return None;
                }
                let opened = URL_SAFE_NO_PAD.decode([rest, *end].concat()).ok().and_then(&mut open);
                if opened.is_some() {
                    return opened;
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    fn cookie() -> SessionCookie {
        SessionCookie::of(["https://app.example/auth"]).expect("one kind of origin")
    }

    /// The `Cookie` header that a browser sends after these `Set-Cookie` headers.
    fn sent(headers: &[String]) -> String {
        let pairs: Vec<_> = headers.iter().filter_map(|header| header.split(';').next()).collect();
        pairs.join("; ")
    }

    fn opened(header: &str, sealed: &[u8]) -> bool {
        let found = cookie().find([header.as_bytes()].into_iter());
        found.open(|bytes| (bytes == sealed).then_some(())).is_some()
    }

    #[test]
    fn name_depends_on_the_origins() {
        for (uris, expected) in [
            (vec!["https://app.example/auth", "https://other.example/auth"], Ok("__Host-Http-session")),
            (vec!["https://localhost:3000/auth"], Ok("__Host-Http-session")),
            (vec!["http://localhost:3000/auth", "http://127.0.0.1:4000/auth"], Ok("session-3000")),
            (vec!["http://[::1]:3001/auth"], Ok("session-3001")),
            (vec!["http://localhost/auth"], Ok("session-80")),
            (vec!["http://[::1]/auth"], Ok("session-80")),
            (vec!["http://localhost:3000/auth", "https://app.example/auth"], Err(MixedOrigins)),
        ] {
            let cookie = SessionCookie::of(uris.iter().copied());
            assert_eq!(cookie.as_ref().map(SessionCookie::name).map_err(|error| *error), expected, "{uris:?}");
        }
    }

    #[test]
    fn attributes_are_those_of_the_contract() {
        assert_eq!(
            cookie().set(b"x", Some(7), false).expect("it fits"),
            ["__Host-Http-session=11eA; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=7"]
        );
        assert_eq!(
            cookie().clear(),
            [
                "__Host-Http-session=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0",
                "__Host-Http-session-1=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0",
            ]
        );
        let local = SessionCookie::of(["http://localhost:3000/auth"]).expect("one kind of origin");
        assert_eq!(
            local.set(b"x", None, true).expect("it fits"),
            [
                "session-3000=11eA; Path=/; HttpOnly; SameSite=Strict",
                "session-3000-1=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0",
            ]
        );
    }

    #[test]
    fn long_value_is_split_over_two_cookies_and_too_long_one_is_rejected() {
        // base64url encodes three bytes as four characters.
        for (len, cookies) in [(0, 1), (2848, 1), (2849, 2), (5698, 2), (5699, 0), (100_000, 0)] {
            let sealed = vec![7; len];
            let headers = cookie().set(&sealed, None, false);
            assert_eq!(headers.as_ref().map_or(0, Vec::len), cookies, "{len} bytes");
            let Some(headers) = headers else { continue };
            for header in &headers {
                let value = header.split(['=', ';']).nth(1).expect("it has a value");
                assert!(value.len() <= MAX_VALUE, "{len} bytes: {}", value.len());
            }
            assert!(opened(&sent(&headers), &sealed), "{len} bytes");
            let reversed: Vec<_> = headers.iter().rev().cloned().collect();
            assert!(opened(&sent(&reversed), &sealed), "the order of the cookies does not matter");
        }
    }

    #[test]
    fn first_value_that_decrypts_is_used() {
        let sealed = [1; 3000];
        let good = sent(&cookie().set(&sealed, None, false).expect("it fits"));
        for junk in ["", "1", "11", "12", "11!!", "21AAAA", "13AAAA", "=", "é"] {
            let (before, after) =
                (format!("__Host-Http-session={junk}; {good}"), format!("{good}; __Host-Http-session={junk}"));
            assert!(opened(&before, &sealed) && opened(&after, &sealed), "{junk}");
            let second = format!("__Host-Http-session-1={junk}; {good}; x=y;;__host-http-session=1");
            assert!(opened(&second, &sealed), "{junk}");
        }
        assert!(!opened(&good.replace("=12", "=11"), &sealed) && !opened(&good.replace("=12", "=22"), &sealed));
        assert!(!opened(good.split(';').next().expect("the first"), &sealed), "the second is missing");
    }

    #[test]
    fn number_of_tries_is_bounded() {
        let mut header = "__Host-Http-session=11AAAA; ".repeat(1000);
        header.push_str(&sent(&cookie().set(&[1; 9], None, false).expect("it fits")));
        let mut tries = 0;
        let found = cookie().find([header.as_bytes()].into_iter());
        assert!(
            found
                .open(|_| {
                    tries += 1;
                    None::<()>
                })
                .is_none()
        );
        assert_eq!(tries, MAX_TRIES);
    }

    proptest! {
        #[test]
        fn no_header_causes_a_panic(header in proptest::collection::vec(any::<u8>(), 0..200)) {
            let found = cookie().find([&*header].into_iter());
            let _ = found.open(Some);
        }
    }
}
