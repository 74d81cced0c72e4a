//! How long a login lasts: what ends it, and when this tab looks whether something has.

use std::time::Duration;

use leptos::prelude::*;

use super::{Auth, ProfileState};
use crate::browser;
use crate::failure::Failure;
use crate::session::{MARK_KEY, Session};

/// The longest that a timer is set for: browsers count in 32 bits of milliseconds, and a longer one fires at once.
const LONGEST_TIMER_MS: u64 = 24 * 60 * 60 * 1000;

impl Auth {
    pub(super) fn set_session(&self, session: Option<Session>) {
        let mut state = self.state.write();
        state.profile = ProfileState::Loading;
        state.session = session;
        drop(state);
        self.watch_expiry();
        self.load_profile();
    }

    /// Looks at what is true now: another tab may have logged out, the login may have ended, the page may have come
    /// back from the back-forward cache.
    pub(super) fn look_again(&self) {
        let (shown, stored) = (self.state.read_untracked().session.clone(), Session::stored());
        let now = browser::now();
        if [&shown, &stored].into_iter().flatten().any(|session| session.is_of_this_mark() && session.is_expired(now)) {
            self.end(Failure::LoginEnded);
            return;
        }
        match (&shown, &stored) {
            (Some(shown), Some(stored)) if shown.is(stored) => self.watch_expiry(),
            (None, None) => {}
            // A session that is only in memory is good until some tab logs out.
            (Some(shown), None) if !self.state.read_untracked().is_kept && shown.is_of_this_mark() => {
                self.watch_expiry()
            }
            _ => {
                if stored.is_none() {
                    Session::forget();
                }
                self.set_session(stored);
            }
        }
    }

    /// The login is over, for all tabs.
    pub(super) fn end(&self, why: Failure) {
        Session::end_everywhere();
        self.set_session(None);
        self.state.write().failure = Some(why);
    }

    fn watch_expiry(&self) {
        let auth = *self;
        let end = self.state.read_untracked().session.as_ref().and_then(Session::expires_at);
        let timer = end.and_then(|end| {
            let wait = end.saturating_sub(browser::now()).min(LONGEST_TIMER_MS);
            // One millisecond more, as timers may fire a little early.
            set_timeout_with_handle(move || auth.look_again(), Duration::from_millis(wait + 1)).ok()
        });
        let old = std::mem::replace(&mut self.state.write_untracked().expiry_timer, timer);
        if let Some(old) = old {
            old.clear();
        }
    }

    pub(super) fn listen(&self) {
        let auth = *self;
        // Another tab has logged out, or somebody has emptied the storage (then there is no key).
        window_event_listener(leptos::ev::storage, move |event| {
            if event.key().is_none_or(|key| key == MARK_KEY) {
                auth.look_again();
            }
        });
        window_event_listener(leptos::ev::visibilitychange, move |_| {
            // Not as it goes: there would be nobody to tell.
            if !document().hidden() {
                auth.look_again();
            }
        });
        window_event_listener(leptos::ev::popstate, move |_| auth.state.write().path = browser::path());
        window_event_listener_untyped("pageshow", move |_| {
            // Back from the provider without a login: the button works again.
            auth.state.write().leaving = false;
            auth.look_again();
        });
    }
}
