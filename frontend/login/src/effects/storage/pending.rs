//! The pending logins of this tab, by their `state`.

use shared::state::{PENDING_LIFETIME_MS, PendingLogin};
use web_sys::Storage;

use super::{Store, tab};
use crate::browser;
use crate::json::Js;

const PENDING: &str = ".pending.";
const USED: &str = ".used.";

impl Store {
    /// Stores a pending login. Each state has its own entry, so that two logins in one tab do not interfere.
    pub(crate) fn remember(self, state: &str, pending: &PendingLogin) -> Option<()> {
        self.forget_expired();
        let value = pending.to_json::<Js>().stringify()?;
        tab()?.set_item(&self.pending_key(state), &value).ok()
    }

    /// Removes and returns a pending login. This uses up the state in all tabs.
    pub(crate) fn take_pending(self, state: &str) -> Option<PendingLogin> {
        let storage = tab()?;
        let key = self.pending_key(state);
        let value = storage.get_item(&key).ok().flatten()?;
        // An entry that cannot be removed could be used twice, so it must not be used.
        storage.remove_item(&key).ok()?;
        if !self.use_up(state) {
            return None;
        }
        read(&value)
    }

    /// Notes for all tabs that the state is used, and returns whether this is the first use: a duplicated tab has
    /// copies of the pending logins. Without shared storage, each tab decides on its own.
    fn use_up(self, state: &str) -> bool {
        let Some(storage) = browser::shared_storage() else { return true };
        // A prefix of the state identifies it without storing it.
        let key = [self.0, USED, state.get(..16).unwrap_or(state)].concat();
        let is_first = storage.get_item(&key).is_ok_and(|used| used.is_none());
        let _ = storage.set_item(&key, &browser::now().to_string());
        is_first
    }

    /// Removes the entries of abandoned logins and of used states. This runs when the next login begins.
    fn forget_expired(self) {
        let now = browser::now();
        forget(tab(), &[self.0, PENDING].concat(), |entry| read(entry).is_some_and(|pending| !pending.is_expired(now)));
        forget(browser::shared_storage(), &[self.0, USED].concat(), |entry| {
            let age = entry.parse().ok().and_then(|used_at| now.checked_sub(used_at));
            age.is_some_and(|age| age <= PENDING_LIFETIME_MS)
        });
    }

    fn pending_key(self, state: &str) -> String {
        [self.0, PENDING, state].concat()
    }
}

fn read(entry: &str) -> Option<PendingLogin> {
    PendingLogin::from_json(&Js::parse(entry)?)
}

/// Removes the entries with that prefix for which `is_worth_keeping` is false.
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
    use shared::json::Json as _;
    use shared::return_path::ReturnPath;
    use shared::state::State;
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

    /// Takes the login stored under a state, and returns its start time.
    fn taken(state: &str) -> Option<u64> {
        STORE.take_pending(state).map(|pending| pending.started_at)
    }

    fn remember(state: &str, started_at: u64) {
        let value = pending(started_at).to_json::<Js>().stringify().expect("it can be serialized");
        let storage = tab().expect("the browser has storage");
        storage.set_item(&STORE.pending_key(state), &value).expect("there is room");
    }

    fn state(byte: u8) -> State {
        State::from_bytes([byte; 32])
    }

    #[wasm_bindgen_test]
    fn pending_login_can_be_taken_once() {
        STORE.remember(state(1).as_str(), &pending(5)).expect("there is room");
        assert_eq!(taken(state(1).as_str()), Some(5));
        assert_eq!(taken(state(1).as_str()), None);
    }

    #[wasm_bindgen_test]
    fn copy_of_a_used_pending_login_is_rejected() {
        remember(state(6).as_str(), 5);
        assert!(STORE.take_pending(state(6).as_str()).is_some());
        // As in a tab that was duplicated before the login was finished.
        remember(state(6).as_str(), 5);
        assert_eq!(taken(state(6).as_str()), None);
    }

    #[wasm_bindgen_test]
    fn unknown_state_has_no_pending_login() {
        remember(state(2).as_str(), 5);
        for name in ["", "x", state(3).as_str(), &state(2).as_str()[..42]] {
            assert_eq!(taken(name), None, "{name}");
        }
        assert!(STORE.take_pending(state(2).as_str()).is_some());
    }

    #[wasm_bindgen_test]
    fn abandoned_logins_are_removed() {
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
