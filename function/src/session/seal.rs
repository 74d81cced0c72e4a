//! The encryption of the cookie: AES-256-GCM with a random nonce, under a key derived by HKDF-SHA256 (RFC 5869).
//!
//! The implementation is `ring`, which the program already contains for TLS: another library would be more code to
//! trust and to load. With random nonces of 96 bits, a key may encrypt 2^32 messages (NIST SP 800-38D, 8.3). At a
//! thousand logins and renewals a second a key would last fifty days, and this function has no such load.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use shared::secret::SessionKey;
use shared::session::FORMAT;

/// The purpose of the keys, so that another use of the same secret would have different keys.
const SALT: &[u8] = b"aniapi-login session cookie";

/// What a sealed session is bound to. It does not open with any other binding.
pub(super) struct Binding<'a> {
    pub(super) cookie: &'a str,
    pub(super) provider: &'a str,
    pub(super) client_id: &'a str,
}

/// Seals with the first key, and opens with any of the keys.
pub(super) struct Sealer {
    keys: Vec<LessSafeKey>,
}

impl Sealer {
    pub(super) fn new(keys: &[SessionKey]) -> Self {
        Self { keys: keys.iter().filter_map(derive).collect() }
    }

    /// Returns a nonce, the encrypted bytes and their tag; `None` if the system has no random bytes.
    pub(super) fn seal(&self, mut plain: Vec<u8>, binding: &Binding<'_>) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).ok()?;
        let key = self.keys.first()?;
        let tag = key
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(binding.to_bytes()), &mut plain)
            .ok()?;
        Some([&nonce, &*plain, tag.as_ref()].concat())
    }

    /// Returns the bytes that were sealed with one of the keys and this binding; `None` for anything else.
    pub(super) fn open(&self, sealed: &[u8], binding: &Binding<'_>) -> Option<Vec<u8>> {
        let (nonce, encrypted) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let aad = binding.to_bytes();
        self.keys.iter().find_map(|key| {
            let mut bytes = encrypted.to_vec();
            let len = key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(&aad), &mut bytes).ok()?.len();
            bytes.truncate(len);
            Some(bytes)
        })
    }
}

impl Binding<'_> {
    /// Each part is preceded by its length, so that different bindings never have the same bytes.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        for part in [self.cookie, self.provider, self.client_id] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

fn derive(secret: &SessionKey) -> Option<LessSafeKey> {
    let secret = Salt::new(HKDF_SHA256, SALT).extract(secret.expose().as_bytes());
    let key = secret.expand(&[&[FORMAT]], &AES_256_GCM).map(UnboundKey::from).ok()?;
    Some(LessSafeKey::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINDING: Binding<'_> = Binding { cookie: "session", provider: "p", client_id: "c" };

    fn sealer(keys: &[&str]) -> Sealer {
        Sealer::new(&keys.iter().map(|key| SessionKey::new(*key)).collect::<Vec<_>>())
    }

    #[test]
    fn sealed_bytes_open_with_their_key_and_binding_only() {
        let sealed = sealer(&["one", "two"]).seal(b"plain".to_vec(), &BINDING).expect("there are random bytes");
        for (keys, opens) in [(vec!["one"], true), (vec!["two", "one"], true), (vec!["two"], false), (vec![], false)] {
            let opened = sealer(&keys).open(&sealed, &BINDING);
            assert_eq!(opened.as_deref(), opens.then_some(&b"plain"[..]), "{keys:?}");
        }
        for binding in [
            Binding { cookie: "session-1", ..BINDING },
            Binding { provider: "q", ..BINDING },
            Binding { client_id: "d", ..BINDING },
            Binding { provider: "pc", client_id: "", ..BINDING },
        ] {
            assert!(sealer(&["one"]).open(&sealed, &binding).is_none());
        }
    }

    #[test]
    fn changed_or_truncated_bytes_do_not_open() {
        let sealer = sealer(&["one"]);
        let sealed = sealer.seal(b"plain".to_vec(), &BINDING).expect("there are random bytes");
        for at in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[at / 8] ^= 1 << (at % 8);
            assert!(sealer.open(&changed, &BINDING).is_none(), "bit {at}");
        }
        for len in 0..sealed.len() {
            assert!(sealer.open(&sealed[..len], &BINDING).is_none(), "{len} bytes");
        }
        let again = sealer.seal(b"plain".to_vec(), &BINDING).expect("there are random bytes");
        assert_ne!(sealed[..NONCE_LEN], again[..NONCE_LEN], "each has its own nonce");
    }
}
