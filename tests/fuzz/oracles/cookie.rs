//! The `Cookie` header, with any content: only the session's cookies are candidates for decryption, if their format is
//! known, and joined as the first part says.

use shared::session::{FORMAT, MAX_VALUE, SessionCookie};

const NAME: &str = "__Host-Http-session";

/// Reads any bytes as a header, and uses any bytes as a sealed session in a round trip.
pub fn check(data: &[u8]) {
    let cookie = SessionCookie::of(["https://app.example/auth"]).expect("one kind of origin");
    let mut tried = Vec::new();
    let found = cookie.find([data].into_iter());
    let opened = found.open(|bytes| {
        tried.push(bytes);
        None::<()>
    });
    assert!(opened.is_none());
    let (candidates, has_second) = reading(data);
    assert_eq!(found.has_second(), has_second);
    assert_eq!(tried, candidates);
    // The first candidate that opens counts, whatever its position.
    for wanted in &candidates {
        assert!(found.open(|bytes| (bytes == *wanted).then_some(())).is_some());
    }
    round_trip(&cookie, data);
}

fn round_trip(cookie: &SessionCookie, sealed: &[u8]) {
    // Repeated, so that short inputs also test long sessions.
    for times in [1, 7, 60] {
        let sealed = sealed.repeat(times);
        let characters = 2 + (sealed.len() * 4).div_ceil(3);
        let Some(headers) = cookie.set(&sealed, Some(1), false) else {
            assert!(characters > 2 * MAX_VALUE, "{} bytes do not fit", sealed.len());
            continue;
        };
        assert_eq!(headers.len(), characters.div_ceil(MAX_VALUE));
        let pairs: Vec<_> = headers.iter().filter_map(|header| header.split(';').next()).collect();
        for pair in &pairs {
            let (_, value) = pair.split_once('=').expect("a name and a value");
            assert!(value.len() <= MAX_VALUE && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        }
        let header = format!("a=b; {}", pairs.join("; "));
        let found = cookie.find([header.as_bytes()].into_iter());
        assert!(found.open(|bytes| (bytes == sealed).then_some(())).is_some(), "{} bytes are lost", sealed.len());
    }
}

/// A second implementation: the candidates in order, and whether there is a second cookie.
fn reading(header: &[u8]) -> (Vec<Vec<u8>>, bool) {
    let pairs: Vec<(Vec<u8>, Vec<u8>)> = header
        .split(|byte| *byte == b';')
        .map(|pair| pair.trim_ascii())
        .filter(|pair| pair.contains(&b'='))
        .map(|pair| {
            let mut parts = pair.splitn(2, |byte| *byte == b'=');
            (parts.next().unwrap_or_default().to_vec(), parts.next().unwrap_or_default().to_vec())
        })
        .collect();
    let named = |name: &str| {
        let name = name.as_bytes().to_vec();
        pairs.iter().filter(move |(other, _)| *other == name).map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    let seconds = named(&format!("{NAME}-1"));
    let mut joined = Vec::new();
    for first in named(NAME) {
        match first.get(..2) {
            Some([FORMAT, b'1']) => joined.push(first[2..].to_vec()),
            Some([FORMAT, b'2']) if first.len() == MAX_VALUE => {
                let ends = seconds.iter().filter(|second| second.len() <= MAX_VALUE);
                joined.extend(ends.map(|second| [&first[2..], second].concat()));
            }
            _ => {}
        }
    }
    joined.truncate(64);
    (joined.iter().filter_map(|text| decoded(text)).collect(), !seconds.is_empty())
}

/// base64url without padding; the last character has no spare bits.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for character in text {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    (held < 6 && bits == 0).then_some(bytes)
}
