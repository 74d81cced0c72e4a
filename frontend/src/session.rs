//! The signed-in state of this tab and its end.
//!
//! The token lives in `sessionStorage`: it ends with the tab and no other tab sees it. What the tabs share is only a
//! mark that changes whenever one of them logs out. A session remembers the mark it was made under and is over when
//! the mark is another, so a tab that was asleep or in the back-forward cache finds out as soon as it looks.

use shared::json::Json;
use shared::secret::AccessToken;
use shared::token::TokenResponse;

use crate::browser;
use crate::json::Js;

const KEY: &str = "aniapi-login.session";

/// The key of the mark, in the storage that all tabs share.
pub(crate) const MARK_KEY: &str = "aniapi-login.signed-out";

/// A login that was finished in this tab.
#[derive(Clone, Debug)]
pub struct Session {
    provider: String,
    access_token: AccessToken,
    /// Milliseconds since the Unix epoch, by the browser's clock.
    started_at: u64,
    expires_at: Option<u64>,
    mark: Option<String>,
}

impl Session {
    pub(crate) fn new(provider: String, token: TokenResponse, now: u64) -> Self {
        Self {
            provider,
            access_token: token.access_token,
            started_at: now,
            expires_at: token.expires_in.map(|seconds| now.saturating_add(seconds.saturating_mul(1000))),
            mark: mark(),
        }
    }

    /// The id of the provider that the person logged in with.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The token, for calls to the provider's API.
    pub fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    /// When the login ends, in milliseconds since the Unix epoch, where anybody knows.
    pub fn expires_at(&self) -> Option<u64> {
        self.expires_at
    }

    /// Whether the other is the same login.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.started_at == other.started_at && self.access_token.expose() == other.access_token.expose()
    }

    pub(crate) fn is_expired(&self, now: u64) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }

    /// Keeps the session for reloads of this tab, and says whether the browser does keep it. Where it does not, the
    /// session lasts until the next reload.
    pub(crate) fn store(&self) -> bool {
        let kept = || browser::tab_storage()?.set_item(KEY, &self.to_json().stringify()?).ok();
        kept().is_some()
    }

    /// What this tab has kept, if no tab has logged out since. It may have expired.
    pub(crate) fn stored() -> Option<Self> {
        let value = browser::tab_storage()?.get_item(KEY).ok().flatten()?;
        let session = Self::from_json(&Js::parse(&value)?)?;
        (session.is_of_this_mark() && session.access_token.is_well_formed()).then_some(session)
    }

    fn to_json(&self) -> Js {
        Js::object([
            ("provider", Some(Js::text(&self.provider))),
            ("access_token", Some(Js::text(self.access_token.expose()))),
            ("started_at", Some(Js::number(self.started_at))),
            ("expires_at", self.expires_at.map(Js::number)),
            ("mark", self.mark.as_deref().map(Js::text)),
        ])
    }

    fn from_json(json: &Js) -> Option<Self> {
        Some(Self {
            provider: json.text_of("provider")?,
            access_token: AccessToken::new(json.text_of("access_token")?),
            started_at: json.number_of("started_at")?,
            expires_at: json.number_of("expires_at"),
            mark: json.text_of("mark"),
        })
    }

    pub(crate) fn is_of_this_mark(&self) -> bool {
        self.mark == mark()
    }

    /// Removes what this tab has kept.
    pub(crate) fn forget() {
        if let Some(storage) = browser::tab_storage() {
            let _ = storage.remove_item(KEY);
        }
    }

    /// Removes what this tab has kept, and changes the mark, which ends the sessions of all other tabs.
    pub(crate) fn end_everywhere() {
        Self::forget();
        if let (Some(storage), Some(random)) = (browser::shared_storage(), browser::random()) {
            let _ = storage.set_item(MARK_KEY, shared::state::State::from_bytes(random).as_str());
        }
    }
}

fn mark() -> Option<String> {
    browser::shared_storage()?.get_item(MARK_KEY).ok().flatten()
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use shared::token::TokenType;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    const NOW: u64 = 1_700_000_000_000;

    fn session(expires_in: Option<u64>) -> Session {
        let token =
            TokenResponse { access_token: AccessToken::new("t0ken"), token_type: TokenType::Bearer, expires_in };
        Session::new("aniapi".into(), token, NOW)
    }

    fn tab() -> web_sys::Storage {
        browser::tab_storage().expect("the browser has storage")
    }

    #[wasm_bindgen_test]
    fn a_session_is_kept_for_a_reload() {
        assert!(session(Some(60)).store());
        let stored = Session::stored().expect("it was kept");
        assert_eq!((stored.provider(), stored.access_token().expose()), ("aniapi", "t0ken"));
        assert_eq!(stored.expires_at(), Some(NOW + 60_000));
        Session::forget();
        assert!(Session::stored().is_none());
    }

    #[wasm_bindgen_test]
    fn a_session_ends_with_its_last_second() {
        assert!(!session(Some(60)).is_expired(NOW + 59_999));
        assert!(session(Some(60)).is_expired(NOW + 60_000));
        assert!(!session(None).is_expired(u64::MAX));
    }

    #[wasm_bindgen_test]
    fn logging_out_ends_the_sessions_that_other_tabs_keep() {
        let ours = session(None);
        assert!(ours.store());
        Session::end_everywhere();
        assert!(!ours.is_of_this_mark());
        // As a tab finds it that slept while this one logged out.
        assert!(ours.store());
        assert!(Session::stored().is_none());
        assert!(session(None).store());
        assert!(Session::stored().is_some(), "and the next login is good");
        Session::forget();
    }

    #[wasm_bindgen_test]
    fn what_is_no_session_is_none() {
        for value in ["", "null", "{}", "[]", r#"{"provider":"aniapi","access_token":"","started_at":1,"mark":null}"#] {
            tab().set_item(KEY, value).expect("there is room");
            assert!(Session::stored().is_none(), "{value}");
        }
        Session::forget();
    }
}
