//! The expiry of a token: `exp` in a JWT's second part, or none.

use shared::jwt::{self, Expiry};
use shared::provider::Token;
use shared::secret::AccessToken;
use shared::token::MAX_EXPIRES_IN;

use super::json;

const NOW: u64 = 1_700_000_000;

/// Reads any text as a token, and any bytes as a token's second part.
pub fn check(data: &[u8]) {
    if let Ok(token) = std::str::from_utf8(data) {
        passed_on(token);
    }
    passed_on(&format!("h.{}.s", base64(data)));
}

fn passed_on(token: &str) {
    if let Ok(token) = Token::new(AccessToken::new(token), agreed(token), NOW) {
        check_accepted(&token);
    }
}

/// The token's expiry, on which both implementations must agree.
pub(super) fn agreed(token: &str) -> Expiry {
    let read = jwt::expiry(token);
    let wanted = reading(token);
    let same = match (read, wanted) {
        (Expiry::At(one), Expiry::At(other)) => is_same(one, other),
        (one, other) => one == other,
    };
    assert!(same, "{token}: read {read:?}, not {wanted:?}");
    read
}

/// Properties of every token that is accepted.
pub(super) fn check_accepted(token: &Token) {
    let text = token.access_token.expose();
    assert!(!text.is_empty() && text.chars().all(|c| ('!'..='~').contains(&c)), "{text:?} cannot be sent");
    assert!(token.expires_in.is_none_or(|seconds| (1..=MAX_EXPIRES_IN).contains(&seconds)), "{:?}", token.expires_in);
}

/// A second implementation.
fn reading(token: &str) -> Expiry {
    let parts: Vec<_> = token.split('.').collect();
    let claims = match parts[..] {
        [_, claims, _] => unbase64(claims),
        _ => None,
    };
    let Some(claims) = claims else { return Expiry::Unknown };
    let claims = json::read(&claims);
    let Some(members) = claims.as_ref().and_then(json::Json::members) else { return Expiry::Unknown };
    match json::single(&members, "exp") {
        Some(None) => Expiry::Unknown,
        Some(Some(json::Json::Number(number))) => {
            let exp = number.parse().unwrap_or(f64::INFINITY);
            if f64::is_finite(exp) { Expiry::At(exp) } else { Expiry::Unreadable }
        }
        _ => Expiry::Unreadable,
    }
}

/// `serde_json` may be off by the last bit of a number with more digits than an `f64` can hold.
fn is_same(one: f64, other: f64) -> bool {
    (one - other).abs() <= other.abs() * 1e-15 + f64::MIN_POSITIVE
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// RFC 4648, 5, without padding.
fn base64(bytes: &[u8]) -> String {
    let sextets = bytes.chunks(3).flat_map(|chunk| {
        let bits = chunk.iter().fold(0, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        (0..=chunk.len()).map(move |place| bits >> (18 - 6 * place) & 0x3f)
    });
    sextets.map(|sextet| char::from(ALPHABET[sextet as usize])).collect()
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for byte in text.bytes() {
        let sextet = ALPHABET.iter().position(|&letter| letter == byte)?;
        (bits, held) = (bits << 6 | u32::try_from(sextet).ok()?, held + 6);
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    // The remaining bits are fewer than a character and zero, so that every value has one encoding.
    (held < 6 && bits == 0).then_some(bytes)
}
