//! Notes that the tabs share about the session in a cookie: which sessions the person has logged out of, whether a tab
//! is renewing one, when the next request to the function is allowed, and that the session has changed. They contain no
//! token.

use super::{CHOOSE, Store, tab};
use crate::browser;

pub(super) const SIGNED_OUT: &str = ".left";
const RENEWAL: &str = ".renewal";
pub(super) const RETRY_AT: &str = ".retry-at";
const CHANGED: &str = ".changed";
const RELOADED: &str = ".reloaded";

/// The suffix of a session's id until the function has confirmed its end.
const OPEN: &str = "!";

/// How many sessions that the person has logged out of are remembered.
const MAX_SIGNED_OUT: usize = 20;

/// How long a renewal counts as being in progress, in milliseconds.
const RENEWAL_MS: u64 = 10_000;

impl Store {
    /// Notes that the person has logged out of that session. The function has yet to confirm it. The next login lets
    /// the person choose an account.
    pub(crate) fn note_signed_out(self, id: &str) {
        let mut notes = self.ends();
        notes.retain(|note| note.trim_end_matches(OPEN) != id);
        notes.push([id, OPEN].concat());
        self.note_ends(&notes);
        self.note(CHOOSE, Some("1"));
    }

    /// Notes that the function has ended that session.
    pub(crate) fn note_end(self, id: &str) {
        let mut notes = self.ends();
        for note in notes.iter_mut().filter(|note| note.trim_end_matches(OPEN) == id) {
            *note = id.to_owned();
        }
        self.note_ends(&notes);
    }

    /// The sessions whose end the function has not confirmed.
    pub(crate) fn open_ends(self) -> Vec<String> {
        self.ends().iter().filter_map(|note| note.strip_suffix(OPEN)).map(str::to_owned).collect()
    }

    /// The ids of the sessions that the person has logged out of most recently.
    pub(super) fn signed_out(self) -> Vec<String> {
        self.ends().iter().map(|note| note.trim_end_matches(OPEN).to_owned()).collect()
    }

    /// The most recently ended sessions: ids, with the suffix [`OPEN`] if the function has not confirmed the end.
    fn ends(self) -> Vec<String> {
        let notes = self.shared(SIGNED_OUT).unwrap_or_default();
        notes.split(' ').filter(|note| !note.is_empty()).map(str::to_owned).collect()
    }

    fn note_ends(self, notes: &[String]) {
        let first = notes.len().saturating_sub(MAX_SIGNED_OUT);
        self.note(SIGNED_OUT, Some(&notes[first..].join(" ")));
    }

    /// Notes for all tabs that this page is renewing that session.
    pub(crate) fn note_renewal(self, id: &str, renewals: u64) {
        let note = [id, &renewals.to_string(), &browser::now().to_string()].join(" ");
        self.note(RENEWAL, Some(&note));
    }

    /// Removes that note.
    pub(crate) fn forget_renewal(self) {
        self.note(RENEWAL, None);
    }

    /// Whether a page has started that renewal within the last ten seconds.
    pub(crate) fn is_being_renewed(self, id: &str, renewals: u64) -> bool {
        let Some(note) = self.shared(RENEWAL) else { return false };
        let Some(begun_at) = note.strip_prefix(&[id, &renewals.to_string(), ""].join(" ")) else { return false };
        let age = begun_at.parse().ok().and_then(|at| browser::now().checked_sub(at));
        age.is_some_and(|age| age < RENEWAL_MS)
    }

    /// Notes for all tabs that no request may be sent to the function before that time.
    pub(crate) fn note_retry_at(self, at: u64) {
        self.note(RETRY_AT, Some(&at.to_string()));
    }

    /// Announces to the other tabs that the session has changed. `id` is unique for each change.
    pub(crate) fn note_change(self, id: &str) {
        self.note(CHANGED, Some(id));
    }

    /// The id of the announced change, if that storage key belongs to one.
    pub(crate) fn change(self, key: &str) -> Option<String> {
        if key == self.key(CHANGED) { self.shared(CHANGED) } else { None }
    }

    /// Whether this tab may reload because its configuration is out of date. This is true only once.
    pub(crate) fn may_reload(self) -> bool {
        let Some(storage) = tab() else { return false };
        let key = self.key(RELOADED);
        let is_first = storage.get_item(&key).is_ok_and(|reloaded| reloaded.is_none());
        is_first && storage.set_item(&key, "1").is_ok()
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn ended_session_stays_open_until_the_function_confirms_it() {
        let store = Store("notes-of-ends");
        assert!(store.open_ends().is_empty() && !store.stored().chooses_account);
        store.note_signed_out("one");
        store.note_signed_out("two");
        store.note_signed_out("one");
        assert_eq!(
            (store.open_ends(), store.stored().signed_out),
            (strings(&["two", "one"]), strings(&["two", "one"]))
        );
        store.note_end("one");
        store.note_end("three");
        assert_eq!((store.open_ends(), store.stored().signed_out), (strings(&["two"]), strings(&["two", "one"])));
        assert!(store.stored().chooses_account);
    }

    #[wasm_bindgen_test]
    fn only_the_most_recent_ends_are_remembered() {
        let store = Store("notes-of-many");
        for id in 0..30 {
            store.note_signed_out(&id.to_string());
        }
        let ids: Vec<String> = (10..30).map(|id| id.to_string()).collect();
        assert_eq!(store.stored().signed_out, ids);
    }

    #[wasm_bindgen_test]
    fn renewal_note_is_valid_for_ten_seconds_for_its_session_and_count() {
        let store = Store("notes-of-renewals");
        store.note_renewal("one", 3);
        for (id, renewals, is_it) in [("one", 3, true), ("one", 4, false), ("one", 30, false), ("two", 3, false)] {
            assert_eq!(store.is_being_renewed(id, renewals), is_it, "{id} {renewals}");
        }
        let now = browser::now();
        for (at, is_it) in [(now, true), (now - 9_000, true), (now - RENEWAL_MS, false), (now + 60_000, false)] {
            store.note(RENEWAL, Some(&format!("one 3 {at}")));
            assert_eq!(store.is_being_renewed("one", 3), is_it, "{} ms ago", now.abs_diff(at));
        }
        store.forget_renewal();
        assert!(!store.is_being_renewed("one", 3));
    }

    #[wasm_bindgen_test]
    fn page_reloads_once() {
        let store = Store("notes-of-reloads");
        assert!(store.may_reload() && !store.may_reload());
    }

    #[wasm_bindgen_test]
    fn change_is_found_only_under_its_own_key() {
        let store = Store("notes-of-changes");
        store.note_change("a change");
        assert_eq!(store.change("notes-of-changes.changed").as_deref(), Some("a change"));
        assert_eq!(store.change("another.changed"), None);
    }

    fn strings(all: &[&str]) -> Vec<String> {
        all.iter().map(ToString::to_string).collect()
    }
}
