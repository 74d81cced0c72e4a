//! PKCE (RFC 7636): proof that a code is exchanged by the client that requested it.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

use crate::parameters::Parameters;

/// The code challenge of an authorization request.
#[derive(Clone, Debug)]
pub(crate) enum Challenge {
    Plain(String),
    S256(String),
}

impl Challenge {
    /// Reads it from an authorization request (4.3). The default method is `plain`.
    pub(crate) fn read(request: &Parameters) -> Result<Option<Self>, &'static str> {
        let Some(challenge) = request.first("code_challenge") else {
            return Ok(None);
        };
        // Other characters would not survive a form (4.1, 4.2).
        let is_right = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if !(43..=128).contains(&challenge.len()) || !challenge.bytes().all(is_right) {
            return Err("code_challenge must be 43 to 128 of A-Z a-z 0-9 - . _ ~");
        }
        match request.first("code_challenge_method") {
            None | Some("plain") => Ok(Some(Self::Plain(challenge.to_owned()))),
            Some("S256") => Ok(Some(Self::S256(challenge.to_owned()))),
            Some(_) => Err("code_challenge_method not supported"),
        }
    }

    /// The same for a server that supports only S256.
    pub(crate) fn s256_or_none(request: &Parameters) -> Result<Option<Self>, &'static str> {
        match Self::read(request)? {
            Some(Self::Plain(_)) => Err("code_challenge_method must be S256"),
            challenge => Ok(challenge),
        }
    }

    /// The same for a server that requires S256.
    pub(crate) fn s256(request: &Parameters) -> Result<Option<Self>, &'static str> {
        match Self::s256_or_none(request)? {
            None => Err("code_challenge is missing"),
            challenge => Ok(challenge),
        }
    }

    /// Whether the verifier of a token request matches (4.6).
    pub(super) fn matches(&self, verifier: &str) -> bool {
        match self {
            Self::Plain(challenge) => challenge == verifier,
            Self::S256(challenge) => *challenge == BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn challenge_matches_only_its_own_verifier() {
        for (challenge, verifier, expected) in [
            (Challenge::S256(CHALLENGE.into()), VERIFIER, true),
            (Challenge::S256(CHALLENGE.into()), CHALLENGE, false),
            (Challenge::Plain(VERIFIER.into()), VERIFIER, true),
            (Challenge::Plain(CHALLENGE.into()), VERIFIER, false),
            (Challenge::Plain(VERIFIER.into()), "", false),
        ] {
            assert_eq!(challenge.matches(verifier), expected, "{challenge:?} {verifier}");
        }
    }
}
