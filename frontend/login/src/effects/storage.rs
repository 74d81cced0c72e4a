//! What the browser keeps for the login. Storage may be forbidden, full, or emptied by the person at any time.
//!
//! The session is in `sessionStorage`: it ends with the tab, and no other tab sees it. Tabs share a mark that changes
//! whenever somebody logs out; a session remembers the mark it was made under and is over when the mark is another. So a
//! tab that was asleep or in the back-forward cache finds out as soon as it looks.

use shared::json::Json as _;
use shared::state::{PENDING_LIFETIME_MS, PendingLogin, State};
use web_sys::Storage;

use crate::browser;
use crate::json::Js;
use crate::machine::Stored;
use crate::session::Session;

/// The app's part of the storage: every key starts with its prefix.
#[derive(Clone, Copy)]
pub(crate) struct Store(pub(crate) &'static str);

impl Store {
    /// Whether a change of that key concerns the login.
    pub(crate) fn is_shared(self, key: &str) -> bool {
        [self.mark_key(), self.ended_key()].iter().any(|shared| shared == key)
    }

    /// What is kept now.
    pub(crate) fn stored(self) -> Stored {
        let session = || Session::from_json(&Js::parse(&tab()?.get_item(&self.session_key()).ok()??)?);
        let shared = |key: &str| browser::shared_storage()?.get_item(key).ok()?;
        Stored { session: session(), mark: shared(&self.mark_key()), ended: shared(&self.ended_key()) }
    }

    /// Keeps the session for reloads of this tab, and says whether the browser does keep it. If it does not, nothing is
    /// left of an earlier session either.
    pub(crate) fn keep(self, session: &Session) -> bool {
        let hint = Js::object([("id", Some(Js::text(session.id()))), ("end", session.expires_at().map(Js::number))]);
        if let (Some(storage), Some(hint)) = (browser::shared_storage(), hint.stringify()) {
            // Without it, the shell of the next page is that of somebody who is signed out.
            let _ = storage.set_item(&self.hint_key(), &hint);
        }
        let kept = || tab()?.set_item(&self.session_key(), &session.to_json::<Js>().stringify()?).ok();
        let is_kept = kept().is_some();
        if !is_kept {
            self.forget_session();
        }
        is_kept
    }

    /// Removes what this tab has kept, and the hint for the shell.
    pub(crate) fn forget(self) {
        self.forget_session();
        if let Some(storage) = browser::shared_storage() {
            let _ = storage.remove_item(&self.hint_key());
        }
    }

    fn forget_session(self) {
        if let Some(storage) = tab() {
            let _ = storage.remove_item(&self.session_key());
        }
    }

    /// Changes the mark, which ends the sessions of all tabs.
    pub(crate) fn sign_out_everywhere(self) {
        if let (Some(storage), Some(random)) = (browser::shared_storage(), browser::random()) {
            let _ = storage.set_item(&self.mark_key(), State::from_bytes(random).as_str());
        }
    }

    /// Ends the session of that id in all tabs.
    pub(crate) fn end_everywhere(self, id: &str) {
        if let Some(storage) = browser::shared_storage() {
            let _ = storage.set_item(&self.ended_key(), id);
        }
    }

    /// Remembers a login, one entry for each state, so that two logins of one tab do not disturb each other.
    pub(crate) fn remember(self, state: &str, pending: &PendingLogin) -> Option<()> {
        self.forget_expired();
        let value = pending.to_json::<Js>().stringify()?;
        tab()?.set_item(&self.pending_key(state), &value).ok()
    }

    /// Takes a pending login out of the storage. Naming a state uses it up, in all tabs.
    pub(crate) fn take_pending(self, state: &str) -> Option<PendingLogin> {
        let storage = tab()?;
        let key = self.pending_key(state);
        let value = storage.get_item(&key).ok().flatten()?;
        // A login that could not be removed could be finished twice, so it must not be finished at all.
        storage.remove_item(&key).ok()?;
        if !self.use_up(state) {
            return None;
        }
        read(&value)
    }

    /// Notes for all tabs that the state is used, and says whether this is the first time: a tab that was duplicated has
    /// copies of the pending logins, too. Tabs that share no storage each go by their own.
    fn use_up(self, state: &str) -> bool {
        let Some(storage) = browser::shared_storage() else { return true };
        // So much of it tells it from any other, and is not the state.
        let key = [self.0, USED, state.get(..16).unwrap_or(state)].concat();
        let is_first = storage.get_item(&key).is_ok_and(|used| used.is_none());
        let _ = storage.set_item(&key, &browser::now().to_string());
        is_first
    }

    /// Logins that were given up leave their entries behind, as used states do; they go when the next login begins.
    fn forget_expired(self) {
        let now = browser::now();
        forget(tab(), &[self.0, PENDING].concat(), |entry| read(entry).is_some_and(|pending| !pending.is_expired(now)));
        forget(browser::shared_storage(), &[self.0, USED].concat(), |entry| {
            let age = entry.parse().ok().and_then(|used_at| now.checked_sub(used_at));
            age.is_some_and(|age| age <= PENDING_LIFETIME_MS)
        });
    }

    fn session_key(self) -> String {
        [self.0, ".session"].concat()
    }

    fn hint_key(self) -> String {
        [self.0, ".hint"].concat()
    }

    fn mark_key(self) -> String {
        [self.0, ".signed-out"].concat()
    }

    fn ended_key(self) -> String {
        [self.0, ".ended"].concat()
    }

    fn pending_key(self, state: &str) -> String {
        [self.0, PENDING, state].concat()
    }
}

const PENDING: &str = ".pending.";
const USED: &str = ".used.";

fn tab() -> Option<Storage> {
    browser::tab_storage()
}

fn read(entry: &str) -> Option<PendingLogin> {
    PendingLogin::from_json(&Js::parse(entry)?)
}

/// Removes the entries with that prefix that are not worth keeping.
fn forget(storage: Option<Storage>, prefix: &str, is_worth_keeping: impl Fn(&str) -> bool) {
    let Some(storage) = storage else { return };
    let keys: Vec<String> =
        (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten()).collect();
    for key in keys.iter().filter(|key| key.starts_with(prefix)) {
        if !storage.get_item(key).ok().flatten().is_some_and(|entry| is_worth_keeping(&entry)) {
            let _ = storage.remove_item(key);
        }
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use shared::return_path::ReturnPath;
    use shared::secret::AccessToken;
    use shared::token::{TokenResponse, TokenType};
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    const STORE: Store = Store("test");

    fn pending(started_at: u64) -> PendingLogin {
        PendingLogin {
            provider: "aniapi".into(),
            redirect_uri: "https://app.example/auth".into(),
            return_to: ReturnPath::new("/anime"),
            started_at,
            code_verifier: None,
            issuer: None,
        }
    }

    /// When the login began that is stored under a state; taking it uses it up.
    fn taken(state: &str) -> Option<u64> {
        STORE.take_pending(state).map(|pending| pending.started_at)
    }

    fn remember(state: &str, started_at: u64) {
        let value = pending(started_at).to_json::<Js>().stringify().expect("it can be written");
        let storage = tab().expect("the browser has storage");
        storage.set_item(&STORE.pending_key(state), &value).expect("there is room");
    }

    fn state(byte: u8) -> State {
        State::from_bytes([byte; 32])
    }

    fn session() -> Session {
        let access_token = AccessToken::new("t0ken");
        let token = TokenResponse { access_token, token_type: TokenType::Bearer, expires_in: None };
        Session::new("id".into(), "aniapi".into(), token, STORE.stored().mark, browser::now())
    }

    #[wasm_bindgen_test]
    fn a_session_is_kept_for_a_reload() {
        assert!(STORE.keep(&session()));
        assert_eq!(STORE.stored().session.expect("it was kept").id(), "id");
        STORE.forget();
        assert!(STORE.stored().session.is_none());
    }

    #[wasm_bindgen_test]
    fn logging_out_changes_the_mark_of_all_tabs() {
        let before = session();
        STORE.sign_out_everywhere();
        assert_ne!(before.mark(), STORE.stored().mark.as_deref());
        assert_eq!(session().mark(), STORE.stored().mark.as_deref(), "and the next login is good");
    }

    #[wasm_bindgen_test]
    fn a_pending_login_can_be_taken_once() {
        STORE.remember(state(1).as_str(), &pending(5)).expect("there is room");
        assert_eq!(taken(state(1).as_str()), Some(5));
        assert_eq!(taken(state(1).as_str()), None);
    }

    #[wasm_bindgen_test]
    fn a_copy_of_a_pending_login_that_was_taken_is_worth_nothing() {
        remember(state(6).as_str(), 5);
        assert!(STORE.take_pending(state(6).as_str()).is_some());
        // As a tab finds it that was duplicated before the login was finished.
        remember(state(6).as_str(), 5);
        assert_eq!(taken(state(6).as_str()), None);
    }

    #[wasm_bindgen_test]
    fn an_unknown_state_is_no_login() {
        remember(state(2).as_str(), 5);
        for name in ["", "x", state(3).as_str(), &state(2).as_str()[..42]] {
            assert_eq!(taken(name), None, "{name}");
        }
        assert!(STORE.take_pending(state(2).as_str()).is_some());
    }

    #[wasm_bindgen_test]
    fn logins_that_were_given_up_are_forgotten() {
        let now = browser::now();
        let old = now - PENDING_LIFETIME_MS - 1000;
        remember(state(4).as_str(), old);
        remember(state(5).as_str(), now);
        let storage = tab().expect("the browser has storage");
        storage.set_item(&STORE.pending_key("broken"), "{").expect("there is room");
        let shared = browser::shared_storage().expect("the browser has storage");
        let used = |name: &str| format!("{}{USED}{name}", STORE.0);
        for (name, used_at) in [("old", old.to_string()), ("new", now.to_string()), ("broken", "NaN".into())] {
            shared.set_item(&used(name), &used_at).expect("there is room");
        }
        STORE.forget_expired();
        for (name, is_kept) in [("old", false), ("new", true), ("broken", false)] {
            assert_eq!(shared.get_item(&used(name)).expect("it can be read").is_some(), is_kept, "{name}");
        }
        assert_eq!(taken(state(4).as_str()), None);
        assert!(STORE.take_pending(state(5).as_str()).is_some());
        assert_eq!(storage.get_item(&STORE.pending_key("broken")), Ok(None));
    }
}
