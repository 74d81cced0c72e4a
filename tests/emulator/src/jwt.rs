//! Access tokens: JWTs (RFC 7519) signed with HS256, with the claims `id` and `exp`, and `jti` if several tokens of one
//! person must differ.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::hmac;
use serde::Deserialize;
use serde_json::json;

use super::service::Service;

/// A token of the service's account `id`, valid until `expires` if it expires.
pub(super) fn sign(service: Service, id: u64, expires: Option<Duration>, name: Option<&str>) -> String {
    let header = encode(json!({"alg": "HS256", "typ": "JWT"}).to_string());
    // .NET's claims are always text.
    let mut claims = json!({"id": id.to_string()});
    if let Some(expires) = expires {
        claims["exp"] = expires.as_secs().into();
    }
    if let Some(name) = name {
        claims["jti"] = name.into();
    }
    let claims = encode(claims.to_string());
    let signed = format!("{header}.{claims}");
    let signature = encode(hmac::sign(&key(service), signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// The account to which the token belongs. `None` if it is forged, malformed or expired.
pub(super) fn verify(service: Service, token: &str, now: Duration) -> Option<u64> {
    #[derive(Deserialize)]
    struct Header {
        alg: String,
    }

    #[derive(Deserialize)]
    struct Claims {
        id: String,
        exp: Option<u64>,
    }

    let (signed, signature) = token.rsplit_once('.')?;
    hmac::verify(&key(service), signed.as_bytes(), &decode(signature)?).ok()?;

    let (header, claims) = signed.split_once('.')?;
    let header: Header = serde_json::from_slice(&decode(header)?).ok()?;
    let claims: Claims = serde_json::from_slice(&decode(claims)?).ok()?;
    if header.alg != "HS256" || claims.exp.is_some_and(|end| end <= now.as_secs()) {
        return None;
    }
    claims.id.parse().ok()
}

/// The key is the same in every run, like the real service's, so that a login survives a restart; and it differs
/// between services, so that one does not accept another's token.
fn key(service: Service) -> hmac::Key {
    let key = format!("{} emulator: this key is public", service.name());
    hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes())
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::Service::{AniApi, AniList};
    use super::*;

    #[test]
    fn token_is_valid_until_it_expires() {
        let token = sign(AniApi, 7, Some(Duration::from_secs(100)), None);
        for (now, account) in [(0, Some(7)), (99, Some(7)), (100, None), (101, None)] {
            assert_eq!(verify(AniApi, &token, Duration::from_secs(now)), account, "{now}");
        }
    }

    #[test]
    fn forged_token_is_rejected() {
        let token = sign(AniApi, 7, Some(Duration::from_secs(100)), None);
        let (signed, _) = token.rsplit_once('.').expect("a JWT has three parts");
        for forged in ["", ".", "..", signed, &format!("{signed}."), &token[1..]] {
            assert_eq!(verify(AniApi, forged, Duration::ZERO), None, "{forged}");
        }
        assert_eq!(verify(AniList, &token, Duration::ZERO), None, "a token of another service");
    }
}
