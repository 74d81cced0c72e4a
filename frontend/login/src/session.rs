//! A session: the access token that a login has brought, and until when it is good.

use shared::json::{Json, Reader};
use shared::secret::AccessToken;
use shared::token::TokenResponse;

use crate::browser;

/// A login that was finished in this tab.
#[derive(Clone, Debug)]
pub struct Session {
    id: String,
    provider: String,
    access_token: AccessToken,
    started_at: u64,
    expires_at: Option<u64>,
    mark: Option<String>,
}

/// Two are the same if their ids are: secrets are not compared.
impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Session {
    /// A session that begins now (milliseconds since the Unix epoch), under a mark that changes when somebody logs out.
    pub fn new(id: String, provider: String, token: TokenResponse, mark: Option<String>, now: u64) -> Self {
        Self {
            id,
            provider,
            access_token: token.access_token,
            started_at: now,
            expires_at: token.expires_in.map(|seconds| now.saturating_add(seconds.saturating_mul(1000))),
            mark,
        }
    }

    /// What tells this session from every other one.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The id of the provider that the person logged in with.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The token, for a client of your own of the provider's API. It is `None` once it has expired, whatever the page
    /// shows: a machine that slept may not have noticed yet.
    pub fn access_token(&self) -> Option<&AccessToken> {
        self.access_token_at(browser::now())
    }

    /// The token, if it is good at that time.
    pub fn access_token_at(&self, now: u64) -> Option<&AccessToken> {
        (!self.is_expired(now)).then_some(&self.access_token)
    }

    /// When the session ends, in milliseconds since the Unix epoch, if that is known.
    pub fn expires_at(&self) -> Option<u64> {
        self.expires_at
    }

    pub(crate) fn is_expired(&self, now: u64) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }

    pub(crate) fn mark(&self) -> Option<&str> {
        self.mark.as_deref()
    }

    /// The session as it is stored.
    pub(crate) fn to_json<J: Json>(&self) -> J {
        J::object([
            ("id", Some(J::text(&self.id))),
            ("provider", Some(J::text(&self.provider))),
            ("access_token", Some(J::text(self.access_token.expose()))),
            ("started_at", Some(J::number(self.started_at))),
            ("expires_at", self.expires_at.map(J::number)),
            ("mark", self.mark.as_deref().map(J::text)),
        ])
    }

    /// Reads what was stored, by this version or another one, or altered since. It may have expired.
    pub(crate) fn from_json<J: Json>(json: &J) -> Option<Self> {
        let mut read = Reader::of(json);
        let session = Self {
            id: read.text("id"),
            provider: read.text("provider"),
            access_token: AccessToken::new(read.text("access_token")),
            started_at: read.number("started_at"),
            expires_at: json.number_of("expires_at"),
            mark: json.text_of("mark"),
        };
        read.whole(session).filter(|session| session.access_token.is_well_formed())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use shared::token::TokenType;

    use super::*;

    const NOW: u64 = 1_700_000_000_000;

    fn session(expires_in: Option<u64>) -> Session {
        let token =
            TokenResponse { access_token: AccessToken::new("t0ken"), token_type: TokenType::Bearer, expires_in };
        Session::new("id".into(), "aniapi".into(), token, Some("mark".into()), NOW)
    }

    #[test]
    fn a_session_ends_with_its_last_second_and_so_does_its_token() {
        for (now, is_good) in [(NOW, true), (NOW + 59_999, true), (NOW + 60_000, false), (u64::MAX, false)] {
            assert_eq!(session(Some(60)).access_token_at(now).is_some(), is_good, "{now}");
        }
        assert!(session(None).access_token_at(u64::MAX).is_some());
    }

    #[test]
    fn a_stored_session_is_read_again() {
        let read = Session::from_json(&session(Some(60)).to_json::<Value>()).expect("it is one");
        assert_eq!((read.id(), read.provider(), read.mark()), ("id", "aniapi", Some("mark")));
        assert_eq!((read.access_token.expose(), read.expires_at()), ("t0ken", Some(NOW + 60_000)));
    }

    #[test]
    fn anything_else_is_no_session() {
        for value in [
            json!(null),
            json!([]),
            json!({}),
            json!({ "provider": "aniapi", "access_token": "t", "started_at": 1 }),
            json!({ "id": "id", "provider": "aniapi", "access_token": "", "started_at": 1 }),
            json!({ "id": "id", "provider": "aniapi", "access_token": "t", "started_at": "1" }),
        ] {
            assert!(Session::from_json(&value).is_none(), "{value}");
        }
    }
}
