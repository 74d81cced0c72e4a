//! What the login stores in the browser: the session, here; what the tabs note about it for each other, in `notes`; and
//! the logins in progress, in `pending`. Storage may be blocked, full, or cleared by the person at any time.
//!
//! A tab's own session is in `sessionStorage`. The tabs share a mark that changes at each logout. Such a session stores
//! the mark under which it was created, and has ended if the current mark differs. So a tab that was asleep or in the
//! back-forward cache learns of a logout as soon as it checks. For a session in a cookie, only notes are stored here,
//! no token.

mod notes;
mod pending;

use shared::json::Json as _;
use shared::state::State;
use web_sys::Storage;

use crate::browser;
use crate::json::Js;
use crate::machine::{Hint, Stored};
use crate::session::Session;

/// The app's part of the storage. Every key starts with the prefix.
#[derive(Clone, Copy)]
pub(crate) struct Store(pub(crate) &'static str);

impl Store {
    /// Whether a change of that key affects the login.
    pub(crate) fn is_shared(self, key: &str) -> bool {
        [MARK, ENDED, notes::SIGNED_OUT].iter().any(|name| self.key(name) == key)
    }

    /// What is stored now.
    pub(crate) fn stored(self) -> Stored {
        let session = || Session::from_json(&Js::parse(&tab()?.get_item(&self.session_key()).ok()??)?);
        let shared = |name: &str| self.shared(name);
        Stored {
            session: session(),
            mark: shared(MARK),
            ended: shared(ENDED),
            signed_out: self.signed_out(),
            hint: shared(HINT).and_then(|hint| read_hint(&hint)),
            chooses_account: shared(CHOOSE).is_some(),
            retry_at: shared(notes::RETRY_AT).and_then(|at| at.parse().ok()),
        }
    }

    /// Stores the session for reloads of this tab, and returns whether that worked. If it did not, an earlier session
    /// is removed as well.
    pub(crate) fn keep(self, session: &Session) -> bool {
        let hint = Js::object([
            ("id", Some(Js::text(session.id()))),
            ("end", session.expires_at().map(Js::number)),
            ("renewals", Some(Js::number(session.renewals()))),
            ("life", session.token_life().map(Js::number)),
        ]);
        // Without the hint, the next page starts with the shell for people who are signed out.
        self.note(HINT, hint.stringify().as_deref());
        self.note(CHOOSE, None);
        if session.is_in_cookie() {
            self.forget_session();
            return true;
        }
        let kept = || tab()?.set_item(&self.session_key(), &session.to_json::<Js>().stringify()?).ok();
        let is_kept = kept().is_some();
        if !is_kept {
            self.forget_session();
        }
        is_kept
    }

    /// Removes the stored session of this tab, and the hint for the shell.
    pub(crate) fn forget(self) {
        self.forget_session();
        self.note(HINT, None);
    }

    fn forget_session(self) {
        if let Some(storage) = tab() {
            let _ = storage.remove_item(&self.session_key());
        }
    }

    /// Changes the mark, which ends the sessions of all tabs.
    pub(crate) fn sign_out_everywhere(self) {
        if let Some(random) = browser::random() {
            self.note(MARK, Some(State::from_bytes(random).as_str()));
        }
    }

    /// Ends the session with that id in all tabs.
    pub(crate) fn end_everywhere(self, id: &str) {
        self.note(ENDED, Some(id));
    }

    /// The name of the lock for writing the cookie.
    pub(crate) fn lock_name(self) -> String {
        self.key(".session")
    }

    /// The name of the channel between the tabs.
    pub(crate) fn channel_name(self) -> String {
        self.0.to_owned()
    }

    fn shared(self, name: &str) -> Option<String> {
        browser::shared_storage()?.get_item(&self.key(name)).ok()?
    }

    /// Stores a note for all tabs, or removes it. If that fails, the tabs know less about each other.
    fn note(self, name: &str, value: Option<&str>) {
        let Some(storage) = browser::shared_storage() else { return };
        let _ = match value {
            Some(value) => storage.set_item(&self.key(name), value),
            None => storage.remove_item(&self.key(name)),
        };
    }

    fn session_key(self) -> String {
        self.key(".session")
    }

    fn key(self, name: &str) -> String {
        [self.0, name].concat()
    }
}

const HINT: &str = ".hint";
const MARK: &str = ".signed-out";
const ENDED: &str = ".ended";
const CHOOSE: &str = ".choose";
fn tab() -> Option<Storage> {
    browser::tab_storage()
}

fn read_hint(hint: &str) -> Option<Hint> {
    let hint = Js::parse(hint)?;
    let renewals = hint.number_of("renewals").unwrap_or_default();
    Some(Hint { id: hint.text_of("id")?, renewals, life: hint.number_of("life") })
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use shared::secret::AccessToken;
    use shared::token::{TokenResponse, TokenType};
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    const STORE: Store = Store("test");

    fn session() -> Session {
        let access_token = AccessToken::new("t0ken");
        let token = TokenResponse { access_token, token_type: TokenType::Bearer, expires_in: None, ends_in: None };
        Session::new("id".into(), "aniapi".into(), token, STORE.stored().mark, browser::now())
    }

    #[wasm_bindgen_test]
    fn session_is_stored_for_a_reload() {
        assert!(STORE.keep(&session()));
        assert_eq!(STORE.stored().session.expect("it was stored").id(), "id");
        STORE.forget();
        assert!(STORE.stored().session.is_none());
    }

    #[wasm_bindgen_test]
    fn logout_changes_the_mark_of_all_tabs() {
        let before = session();
        STORE.sign_out_everywhere();
        assert_ne!(before.mark(), STORE.stored().mark.as_deref());
        assert_eq!(session().mark(), STORE.stored().mark.as_deref(), "the next session has the new mark");
    }
}
