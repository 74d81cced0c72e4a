//! A path of the provider's API: whatever a page requests, the path leads only to the place in the configured API that
//! it names, and not to excluded paths.

use shared::api_path::{ApiPaths, is_unambiguous};
use url::Url;

const API: &str = "https://api.example/v1";

/// Takes any text as a path.
pub fn check(data: &[u8]) {
    let Ok(path) = std::str::from_utf8(data) else { return };
    assert_eq!(is_unambiguous(path), reading(path), "{path:?}");
    let (all_but, listed) = (ApiPaths::all_but(&["oauth"]), ApiPaths::parse("users,a/b").expect("the list is valid"));
    if !is_unambiguous(path) {
        assert!(!all_but.allow(path) && !listed.allow(path), "{path:?}");
        return;
    }
    let fully = String::from_utf8_lossy(&fully_decoded(path)).to_ascii_lowercase();
    let is_oauth = fully == "oauth" || fully.strip_prefix("oauth").is_some_and(|rest| rest.starts_with('/'));
    assert!(!(is_oauth && all_but.allow(path)), "{path:?} is {fully:?}");
    if listed.allow(path) {
        let prefix = if path.starts_with('u') { "users" } else { "a/b" };
        for form in [path, &*fully] {
            let rest = form.strip_prefix(prefix).expect("the path is below a listed one");
            assert!(rest.is_empty() || rest.starts_with('/'), "{path:?}");
        }
    }
    // If a parser prints the address unchanged, it is below the API, and stays there if a server decodes it.
    let address = format!("{API}/{path}");
    for address in [&address, &format!("{API}/{fully}")] {
        let Ok(url) = Url::parse(address) else { continue };
        if url.as_str() == address {
            assert!(url.path().starts_with("/v1/") && url.host_str() == Some("api.example"), "{path:?} leads to {url}");
        }
    }
}

fn reading(path: &str) -> bool {
    let decoded = fully_decoded(path);
    let segments: Vec<_> = decoded.split(|byte| *byte == b'/' || *byte == b'\\').collect();
    let (last, others) = segments.split_last().expect("there is at least one segment");
    let is_dots = |segment: &&[u8]| *segment == b"." || *segment == b"..";
    let text = String::from_utf8_lossy(&decoded);
    !path.contains('?')
        && !path.contains('#')
        && !is_dots(last)
        && others.iter().all(|segment| !segment.is_empty() && !is_dots(segment))
        && !text.chars().any(|c| c < ' ' || ('\u{7f}'..='\u{9f}').contains(&c))
}

/// Decodes repeatedly until nothing changes.
fn fully_decoded(path: &str) -> Vec<u8> {
    let mut bytes = path.as_bytes().to_vec();
    loop {
        let next = once_decoded(&bytes);
        if next == bytes {
            return bytes;
        }
        bytes = next;
    }
}

fn once_decoded(mut rest: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    while let Some((&byte, after)) = rest.split_first() {
        let escape = after.get(..2).filter(|hex| byte == b'%' && hex.iter().all(u8::is_ascii_hexdigit));
        let value = escape.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        plain.push(value.unwrap_or(byte));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    plain
}
