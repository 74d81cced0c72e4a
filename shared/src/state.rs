//! The `state` of a login and what is remembered under it until the person comes back.
//!
//! `state` binds the callback to the browser tab that asked for it (RFC 6749, 10.12; RFC 9700, 4.7).

use alloc::string::String;

use crate::base64url;
use crate::json::{Json, Reader};
use crate::pkce::CodeVerifier;
use crate::return_path::ReturnPath;

/// How long a person may take at the provider, in milliseconds.
pub const PENDING_LIFETIME_MS: u64 = 30 * 60 * 1000;

/// An unguessable value, 43 characters of base64url: AniAPI echoes it without encoding, so nothing else survives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State(String);

impl State {
    /// Makes a state of 32 bytes from the browser's cryptographic source.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(base64url::encode(&bytes))
    }

    /// The value as it goes into the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A login that was begun in this tab and not yet finished. It is stored under its state.
#[derive(Clone, Debug)]
pub struct PendingLogin {
    /// The provider that was asked; the callback is judged against this one alone (RFC 9700, 4.4).
    pub provider: String,
    /// The redirect address that was sent; the exchange has to repeat it (RFC 6749, 4.1.3).
    pub redirect_uri: String,
    /// Where the person was when the login began.
    pub return_to: ReturnPath,
    /// When it began: milliseconds since the Unix epoch, by the browser's clock.
    pub started_at: u64,
    /// The verifier whose challenge was sent, where the provider takes one (RFC 7636).
    pub code_verifier: Option<CodeVerifier>,
    /// The provider's [`issuer`](crate::config::ProviderConfig::issuer) when the login began (RFC 9207, 2.4).
    pub issuer: Option<String>,
}

impl PendingLogin {
    /// The login as it is stored.
    pub fn to_json<J: Json>(&self) -> J {
        J::object([
            ("provider", Some(J::text(&self.provider))),
            ("redirect_uri", Some(J::text(&self.redirect_uri))),
            ("return_to", Some(J::text(self.return_to.as_str()))),
            ("started_at", Some(J::number(self.started_at))),
            ("code_verifier", self.code_verifier.as_ref().map(|verifier| J::text(verifier.expose()))),
            ("issuer", self.issuer.as_deref().map(J::text)),
        ])
    }

    /// Reads what was stored, by this version of the app or another one, or altered since.
    pub fn from_json<J: Json>(json: &J) -> Option<Self> {
        let mut read = Reader::of(json);
        let pending = Self {
            provider: read.text("provider"),
            redirect_uri: read.text("redirect_uri"),
            return_to: ReturnPath::new(&read.text("return_to")),
            started_at: read.number("started_at"),
            code_verifier: read.optional_text("code_verifier").map(CodeVerifier::new),
            issuer: read.optional_text("issuer"),
        };
        read.whole(pending)
    }

    /// Whether its half hour is over. One that began in the future was stored under another clock: over too.
    pub fn is_expired(&self, now_ms: u64) -> bool {
        now_ms.checked_sub(self.started_at).is_none_or(|age| age > PENDING_LIFETIME_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun_at(started_at: u64) -> PendingLogin {
        PendingLogin {
            provider: "aniapi".into(),
            redirect_uri: "https://app.example/auth".into(),
            return_to: ReturnPath::home(),
            started_at,
            code_verifier: None,
            issuer: None,
        }
    }

    #[test]
    fn a_state_is_43_url_safe_characters() {
        for bytes in [[0; 32], [255; 32], [0b1111_1011; 32]] {
            let state = State::from_bytes(bytes);
            assert_eq!(state.as_str().len(), 43);
            assert!(state.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{state:?}");
        }
    }

    #[test]
    fn different_bytes_make_different_states() {
        let mut other = [7; 32];
        other[31] ^= 1;
        assert_ne!(State::from_bytes([7; 32]), State::from_bytes(other));
    }

    #[test]
    fn what_was_stored_is_read_again() {
        let verifier = CodeVerifier::from_bytes([7; 32]);
        let least = begun_at(1_700_000_000_000);
        let whole = PendingLogin { code_verifier: Some(verifier), issuer: Some("i".into()), ..least.clone() };
        for (pending, members) in [(&least, 4), (&whole, 6)] {
            let stored: serde_json::Value = pending.to_json();
            assert_eq!(stored.as_object().map(serde_json::Map::len), Some(members), "{stored}");
            let read = PendingLogin::from_json(&stored).expect("it is whole");
            assert_eq!(read.to_json::<serde_json::Value>(), stored);
        }
        for member in ["provider", "redirect_uri", "return_to", "started_at", "code_verifier", "issuer"] {
            let mut broken: serde_json::Value = whole.to_json();
            broken[member] = serde_json::Value::Null;
            assert!(PendingLogin::from_json(&broken).is_none(), "{member}");
        }
    }

    #[test]
    fn a_place_that_somebody_put_into_the_storage_is_checked_again() {
        let mut stored: serde_json::Value = begun_at(5).to_json();
        stored["return_to"] = "//evil.example".into();
        assert_eq!(PendingLogin::from_json(&stored).expect("it is whole").return_to, ReturnPath::home());
    }

    #[test]
    fn a_pending_login_lives_half_an_hour() {
        let start = 1_700_000_000_000;
        for (after, expired) in [(0, false), (1_799_999, false), (1_800_000, false), (1_800_001, true)] {
            assert_eq!(begun_at(start).is_expired(start + after), expired, "after {after} ms");
        }
        for in_the_future in [start + 1, u64::MAX] {
            assert!(begun_at(in_the_future).is_expired(start));
        }
    }
}
