//! The `state` of a login, and the pending login that is stored under it until the callback.
//!
//! `state` binds the callback to the browser tab that sent the authorization request (RFC 6749, 10.12; RFC 9700, 4.7).

use alloc::string::String;

use crate::base64url;
use crate::json::{Json, Reader};
use crate::pkce::CodeVerifier;
use crate::return_path::ReturnPath;

/// The lifetime of a pending login, in milliseconds.
pub const PENDING_LIFETIME_MS: u64 = 30 * 60 * 1000;

/// An unguessable value of 43 base64url characters. AniAPI echoes it without encoding, so only URL-safe characters
/// survive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State(String);

impl State {
    /// Creates a state from 32 cryptographically random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(base64url::encode(&bytes))
    }

    /// The value, as sent in the authorization request.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A login that has begun in this tab and is not finished. It is stored under its state.
#[derive(Clone, Debug)]
pub struct PendingLogin {
    /// The provider of the login. The callback is validated against this one only (RFC 9700, 4.4).
    pub provider: String,
    /// The redirect URI in the authorization request. The token request must repeat it (RFC 6749, 4.1.3).
    pub redirect_uri: String,
    /// The page on which the login began.
    pub return_to: ReturnPath,
    /// When it began, in milliseconds since the Unix epoch by the browser's clock.
    pub started_at: u64,
    /// The PKCE verifier whose challenge was sent, if the provider supports PKCE (RFC 7636).
    pub code_verifier: Option<CodeVerifier>,
    /// The provider's [`issuer`](crate::config::ProviderConfig::issuer) when the login began (RFC 9207, 2.4).
    pub issuer: Option<String>,
}

impl PendingLogin {
    /// Serializes the login for the storage.
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

    /// Reads a stored login. Another version of the app may have written it, or it may have been altered.
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

    /// Whether its half hour has passed. A login that began in the future was stored with another clock, and counts as
    /// expired.
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
    fn state_has_43_url_safe_characters() {
        for bytes in [[0; 32], [255; 32], [0b1111_1011; 32]] {
            let state = State::from_bytes(bytes);
            assert_eq!(state.as_str().len(), 43);
            assert!(state.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{state:?}");
        }
    }

    #[test]
    fn different_bytes_give_different_states() {
        let mut other = [7; 32];
        other[31] ^= 1;
        assert_ne!(State::from_bytes([7; 32]), State::from_bytes(other));
    }

    #[test]
    fn stored_login_is_read_back() {
        let verifier = CodeVerifier::from_bytes([7; 32]);
        let least = begun_at(1_700_000_000_000);
        let whole = PendingLogin { code_verifier: Some(verifier), issuer: Some("i".into()), ..least.clone() };
        for (pending, members) in [(&least, 4), (&whole, 6)] {
            let stored: serde_json::Value = pending.to_json();
            assert_eq!(stored.as_object().map(serde_json::Map::len), Some(members), "{stored}");
            let read = PendingLogin::from_json(&stored).expect("it is complete");
            assert_eq!(read.to_json::<serde_json::Value>(), stored);
        }
        for member in ["provider", "redirect_uri", "return_to", "started_at", "code_verifier", "issuer"] {
            let mut broken: serde_json::Value = whole.to_json();
            broken[member] = serde_json::Value::Null;
            assert!(PendingLogin::from_json(&broken).is_none(), "{member}");
        }
    }

    #[test]
    fn return_path_from_the_storage_is_checked() {
        let mut stored: serde_json::Value = begun_at(5).to_json();
        stored["return_to"] = "//evil.example".into();
        assert_eq!(PendingLogin::from_json(&stored).expect("it is complete").return_to, ReturnPath::home());
    }

    #[test]
    fn pending_login_expires_after_half_an_hour() {
        let start = 1_700_000_000_000;
        for (after, expired) in [(0, false), (1_799_999, false), (1_800_000, false), (1_800_001, true)] {
            assert_eq!(begun_at(start).is_expired(start + after), expired, "after {after} ms");
        }
        for in_the_future in [start + 1, u64::MAX] {
            assert!(begun_at(in_the_future).is_expired(start));
        }
    }
}
