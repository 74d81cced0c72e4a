//! A session: the result of a login, and when it ends.

use shared::json::{Json, Reader};
use shared::secret::AccessToken;
use shared::session::{SessionMode, SessionState};
use shared::token::TokenResponse;

use crate::browser;

/// A token is renewed when a quarter of its lifetime is left, but at most this many milliseconds before its end.
const RENEWAL_LEAD_MS: u64 = 60_000;

/// A session in this browser.
#[derive(Clone, Debug)]
pub struct Session {
    id: String,
    provider: String,
    mode: SessionMode,
    access_token: Option<AccessToken>,
    /// When this tab learned of it, in milliseconds since the Unix epoch.
    started_at: u64,
    /// When the access token expires, if that is known.
    token_ends_at: Option<u64>,
    /// The total lifetime of the access token, as far as this page knows, in milliseconds.
    token_life: Option<u64>,
    expires_at: Option<u64>,
    renewals: u64,
    is_renewable: bool,
    mark: Option<String>,
}

/// Two sessions are equal if their ids and their numbers of renewals are. Secrets are not compared.
impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        (&self.id, self.renewals) == (&other.id, other.renewals)
    }
}

impl Session {
    /// A session of this tab that begins at `now`, in milliseconds since the Unix epoch. `mark` changes at each logout.
    pub fn new(id: String, provider: String, token: TokenResponse, mark: Option<String>, now: u64) -> Self {
        let token_ends_at = token.expires_in.map(|seconds| after(now, seconds));
        Self {
            id,
            provider,
            mode: SessionMode::Tab,
            access_token: Some(token.access_token),
            started_at: now,
            token_ends_at,
            token_life: None,
            expires_at: token_ends_at.or(token.ends_in.map(|seconds| after(now, seconds))),
            renewals: 0,
            is_renewable: false,
            mark,
        }
    }

    /// The session in the cookie, as the function reports it at `now`. `life` is the total lifetime of its access token
    /// in milliseconds, if this browser has stored it.
    pub fn of_cookie(state: &SessionState, life: Option<u64>, now: u64) -> Self {
        // Without `expires_in`, the token has expired or its end is unknown. If the token's lifetime is known, it has
        // expired.
        let left = state.expires_in.map(|seconds| seconds.saturating_mul(1000)).or(life.map(|_| 0));
        Self {
            id: state.id.clone(),
            provider: state.provider.clone(),
            mode: state.mode,
            access_token: state.access_token.clone(),
            started_at: now,
            token_ends_at: left.map(|left| now.saturating_add(left)),
            token_life: left.map(|left| life.unwrap_or_default().max(left)),
            // At least one second, so that the page does not request the session again at once when it is about to end.
            expires_at: Some(after(now, state.ends_in.max(1))),
            renewals: state.renewals,
            is_renewable: state.renewable,
            mark: None,
        }
    }

    /// The unique id of the session.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The id of the provider that the person logged in with.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The access token, for your own client of the provider's API. It is `None` once the token has expired, even if
    /// the page still shows the session (as after a sleep), and always with `OAUTH_SESSION=proxy`.
    pub fn access_token(&self) -> Option<&AccessToken> {
        self.access_token_at(browser::now())
    }

    /// The access token, if it is valid at that time.
    pub fn access_token_at(&self, now: u64) -> Option<&AccessToken> {
        self.access_token.as_ref().filter(|_| self.has_token(now))
    }

    /// When the session ends, in milliseconds since the Unix epoch, if that is known.
    pub fn expires_at(&self) -> Option<u64> {
        self.expires_at
    }

    /// Where its tokens are kept.
    pub(crate) fn mode(&self) -> SessionMode {
        self.mode
    }

    /// Whether the session is in a cookie, not in this tab.
    pub(crate) fn is_in_cookie(&self) -> bool {
        self.mode != SessionMode::Tab
    }

    /// The number of its renewals.
    pub(crate) fn renewals(&self) -> u64 {
        self.renewals
    }

    pub(crate) fn is_renewable(&self) -> bool {
        self.is_renewable
    }

    pub(crate) fn token_life(&self) -> Option<u64> {
        self.token_life
    }

    /// Whether the access token is still valid, wherever it is kept.
    pub(crate) fn has_token(&self, now: u64) -> bool {
        let is_over = self.token_ends_at.is_some_and(|end| now >= end);
        match self.mode {
            SessionMode::Tab => !is_over && !self.is_expired(now),
            SessionMode::Cookie => !is_over && self.access_token.is_some(),
            SessionMode::Proxy => !is_over,
        }
    }

    /// When to renew it: immediately if its token has expired.
    pub(crate) fn renew_at(&self) -> Option<u64> {
        if !self.is_renewable {
            return None;
        }
        match (self.token_ends_at, self.token_life) {
            (Some(end), life) => Some(end.saturating_sub((life.unwrap_or_default() / 4).min(RENEWAL_LEAD_MS))),
            (None, _) if self.mode == SessionMode::Cookie && self.access_token.is_none() => Some(self.started_at),
            (None, _) => None,
        }
    }

    pub(crate) fn is_expired(&self, now: u64) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }

    pub(crate) fn mark(&self) -> Option<&str> {
        self.mark.as_deref()
    }

    /// Serializes a session of this tab for the storage.
    pub(crate) fn to_json<J: Json>(&self) -> J {
        J::object([
            ("id", Some(J::text(&self.id))),
            ("provider", Some(J::text(&self.provider))),
            ("access_token", self.access_token.as_ref().map(|token| J::text(token.expose()))),
            ("started_at", Some(J::number(self.started_at))),
            ("expires_at", self.expires_at.map(J::number)),
            ("mark", self.mark.as_deref().map(J::text)),
        ])
    }

    /// Reads a stored session. Another version may have written it, or it may have been altered. It may have expired.
    pub(crate) fn from_json<J: Json>(json: &J) -> Option<Self> {
        let mut read = Reader::of(json);
        let access_token = AccessToken::new(read.text("access_token"));
        let is_good = access_token.is_well_formed();
        let session = Self {
            id: read.text("id"),
            provider: read.text("provider"),
            mode: SessionMode::Tab,
            access_token: Some(access_token),
            started_at: read.number("started_at"),
            token_ends_at: None,
            token_life: None,
            expires_at: json.number_of("expires_at"),
            renewals: 0,
            is_renewable: false,
            mark: json.text_of("mark"),
        };
        read.whole(session).filter(|_| is_good)
    }
}

fn after(now: u64, seconds: u64) -> u64 {
    now.saturating_add(seconds.saturating_mul(1000))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use shared::token::TokenType;

    use super::*;

    const NOW: u64 = 1_700_000_000_000;

    fn session(expires_in: Option<u64>) -> Session {
        let token = TokenResponse {
            access_token: AccessToken::new("t0ken"),
            token_type: TokenType::Bearer,
            expires_in,
            ends_in: None,
        };
        Session::new("id".into(), "aniapi".into(), token, Some("mark".into()), NOW)
    }

    #[test]
    fn session_and_token_end_exactly_at_their_expiry() {
        for (now, is_good) in [(NOW, true), (NOW + 59_999, true), (NOW + 60_000, false), (u64::MAX, false)] {
            assert_eq!(session(Some(60)).access_token_at(now).is_some(), is_good, "{now}");
        }
        assert!(session(None).access_token_at(u64::MAX).is_some());
    }

    #[test]
    fn stored_session_is_read_back() {
        let read = Session::from_json(&session(Some(60)).to_json::<Value>()).expect("it is valid");
        assert_eq!((read.id(), read.provider(), read.mark()), ("id", "aniapi", Some("mark")));
        assert_eq!(
            (read.access_token_at(NOW).expect("it is valid").expose(), read.expires_at()),
            ("t0ken", Some(NOW + 60_000))
        );
    }

    #[test]
    fn invalid_stored_session_is_rejected() {
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

    fn of_cookie(expires_in: Option<u64>, renewable: bool, life: Option<u64>) -> Session {
        let state = SessionState {
            id: "id".into(),
            mode: SessionMode::Cookie,
            provider: "aniapi".into(),
            renewals: 3,
            renewable,
            expires_in,
            ends_in: 3600,
            profile: None,
            profile_error: None,
            access_token: expires_in.map(|_| AccessToken::new("t0ken")),
        };
        Session::of_cookie(&state, life, NOW)
    }

    #[test]
    fn token_is_renewed_in_its_last_quarter_and_at_most_a_minute_early() {
        for (expires_in, renewable, life, renew_at) in [
            (Some(3600), true, None, Some(NOW + 3_540_000)),
            (Some(60), true, None, Some(NOW + 45_000)),
            // Loaded late, with the token's lifetime known from the storage.
            (Some(30), true, Some(300_000), Some(NOW - 30_000)),
            (Some(3600), false, None, None),
            // The token has expired.
            (None, true, None, Some(NOW)),
            (None, true, Some(300_000), Some(NOW - 60_000)),
        ] {
            assert_eq!(of_cookie(expires_in, renewable, life).renew_at(), renew_at, "{expires_in:?}");
        }
    }

    #[test]
    fn session_in_a_cookie_has_a_token_until_the_token_expires() {
        let session = of_cookie(Some(60), true, None);
        assert!(session.has_token(NOW + 59_999) && session.access_token_at(NOW).is_some());
        assert!(!session.has_token(NOW + 60_000) && !session.is_expired(NOW + 60_000));
        assert!(session.is_expired(NOW + 3_600_000));
    }
}
