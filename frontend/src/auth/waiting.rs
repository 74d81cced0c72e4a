//! What a person is told who waits: a word after two seconds, a way out after ten, and that they are offline.

use std::time::Duration;

use leptos::prelude::*;

use super::Auth;
use super::state::{ConfigState, Patience, ProfileState};
use crate::browser;

/// When patience becomes less, in milliseconds from the beginning.
const STEPS: [(u64, Patience); 2] = [(2_000, Patience::Slow), (10_000, Patience::Over)];

impl Auth {
    /// How long the person has been waiting.
    pub(crate) fn patience(&self) -> Patience {
        self.state.read().patience
    }

    /// Whether the browser has no network.
    pub(crate) fn is_offline(&self) -> bool {
        self.state.read().is_offline
    }

    /// Something was begun that takes a while.
    pub(super) fn wait(&self) {
        let auth = *self;
        let mut state = self.state.write_untracked();
        state.patience = Patience::Fresh;
        state.waits += 1;
        let this = state.waits;
        drop(state);
        for (after, patience) in STEPS {
            let run_out = move || {
                if auth.state.read_untracked().waits == this {
                    let mut state = auth.state.write();
                    state.patience = patience;
                    // The way out of a page that never leaves is the button that it came from.
                    state.leaving &= patience != Patience::Over;
                }
            };
            set_timeout(run_out, Duration::from_millis(after));
        }
    }

    pub(super) fn listen_to_the_network(&self) {
        let auth = *self;
        for event in ["offline", "online"] {
            window_event_listener_untyped(event, move |_| {
                let is_offline = browser::is_offline();
                auth.state.write().is_offline = is_offline;
                if !is_offline {
                    auth.go_on();
                }
            });
        }
    }

    /// Asks again for what could not be had while there was no network.
    fn go_on(&self) {
        let state = self.state.read_untracked();
        let (config, profile) = (
            matches!(state.config, ConfigState::Failed(_)),
            state.session.is_some() && state.profile == ProfileState::Failed,
        );
        drop(state);
        if config || profile {
            self.load_again();
        }
    }
}
