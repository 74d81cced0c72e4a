//! AniList ("Authorization Code Grant", <https://docs.anilist.co/guide/auth/authorization-code>).
//!
//! Its documentation shows the exchange with id and secret in a JSON body; the same members are taken as a form, as
//! others send them (<https://arcticjs.dev/providers/anilist>). It speaks of no scopes and of no PKCE. Its tokens are JWTs
//! that last a year and are not renewed (<https://docs.anilist.co/guide/auth>). Who has logged in is asked for with
//! GraphQL, the query `{ Viewer { … } }` by `POST`; browsers may ask.

use super::{ClientAuth, ExchangeError, Preset, ProfileEndpoint, Token, TokenEndpoint, rfc6749};
use crate::jwt;

pub(super) const ID: &str = "anilist";

/// The `Viewer` is whoever the token belongs to. The query is always the same, so what is wrong with it is the token:
/// that is HTTP 400 here (<https://github.com/z411/trackma/issues/555>).
pub(super) const PROFILE: ProfileEndpoint = ProfileEndpoint {
    query: Some(r#"{"query":"{Viewer{name avatar{large}}}"}"#),
    refused: &[400, 401],
    person: &["data", "Viewer"],
    avatar: &["avatar", "large"],
    ..ProfileEndpoint::OPENID
};

/// It reports a code that it does not accept as `invalid_request`
/// (<https://github.com/joshstar/AniList-API-Docs/issues/153>).
const DIALECT: rfc6749::Dialect = rfc6749::Dialect { invalid_request_means_code: true };

/// The provider AniList.
pub(super) struct AniList;

impl TokenEndpoint for AniList {
    fn id(&self) -> &'static str {
        ID
    }

    fn preset(&self) -> Preset {
        Preset {
            name: Some("AniList"),
            authorize_url: Some("https://anilist.co/api/v2/oauth/authorize"),
            token_url: Some("https://anilist.co/api/v2/oauth/token"),
            profile_url: Some("https://graphql.anilist.co"),
            client_auth: &[ClientAuth::Post],
            pkce: &[None],
            takes_scope: false,
            sends_issuer: false,
        }
    }

    /// Where the answer does not say when the token ends, the token does.
    fn answer(&self, status: u16, body: &[u8], now: u64) -> Result<Token, ExchangeError> {
        let token = rfc6749::read(status, body, now, DIALECT)?;
        if token.expires_in.is_some() {
            return Ok(token);
        }
        let expiry = jwt::expiry(token.access_token.expose());
        Token::new(token.access_token, expiry, now)
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    const NOW: u64 = 1_700_000_000;

    #[test]
    fn the_end_is_the_answers_word_or_else_the_tokens() {
        let jwt = |claims: &str| format!("h.{}.s", URL_SAFE_NO_PAD.encode(claims));
        let in_a_minute = jwt(&format!(r#"{{"exp":{}}}"#, NOW + 60));
        for (token, more, expected) in [
            (&in_a_minute, r#","expires_in":31536000"#, Some(Some(31_536_000))),
            (&in_a_minute, "", Some(Some(60))),
            (&jwt("{}"), "", Some(None)),
            (&"opaque".into(), "", Some(None)),
            (&jwt(&format!(r#"{{"exp":{NOW}}}"#)), "", None),
            (&jwt(r#"{"exp":"soon"}"#), "", None),
            (&jwt(r#"{"exp":1e12}"#), "", None),
            (&in_a_minute, r#","expires_in":0"#, Some(Some(60))),
        ] {
            let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer"{more}}}"#);
            let answer = AniList.answer(200, body.as_bytes(), NOW);
            assert_eq!(answer.ok().map(|token| token.expires_in), expected, "{body}");
        }
    }
}
