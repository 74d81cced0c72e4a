//! The login as the pages see it: signals that tell what is true, and what a person can do about it.

mod lifetime;
mod loading;

use leptos::prelude::*;
use shared::return_path::ReturnPath;

use self::loading::ConfigState;
pub use self::loading::ProfileState;
use crate::browser;
use crate::callback::{self, Received};
use crate::failure::Failure;
use crate::session::Session;

/// The login of this tab. It is a handle: copy it into closures as you like.
#[derive(Clone, Copy)]
pub struct Auth {
    session: RwSignal<Option<Session>>,
    /// Whether the browser keeps the session; if not, it is only in memory.
    is_kept: StoredValue<bool>,
    profile: RwSignal<ProfileState>,
    config: RwSignal<ConfigState>,
    failure: RwSignal<Option<Failure>>,
    leaving: RwSignal<bool>,
    /// The login to begin as soon as the configuration is there: with which provider, to come back to where.
    wanted: StoredValue<Option<(Option<String>, ReturnPath)>>,
    path: RwSignal<String>,
    received: StoredValue<Option<Received>>,
    expiry_timer: StoredValue<Option<TimeoutHandle>>,
}

/// Makes the login of this tab and provides it by Leptos's context. Call it once, at the root of the app, before
/// anything that makes a request: it takes a callback's code out of the address.
pub fn provide() -> Auth {
    let received = callback::receive();
    let auth = Auth {
        session: RwSignal::new(None),
        is_kept: StoredValue::new(true),
        profile: RwSignal::new(ProfileState::Loading),
        config: RwSignal::new(ConfigState::Loading),
        failure: RwSignal::new(None),
        leaving: RwSignal::new(false),
        wanted: StoredValue::new(None),
        path: RwSignal::new(browser::path()),
        received: StoredValue::new(received),
        expiry_timer: StoredValue::new(None),
    };
    auth.listen();
    auth.look_again();
    auth.load_config();
    provide_context(auth);
    auth
}

/// The login that [`provide`] made.
///
/// # Panics
/// Outside the part of the app that it was provided for.
pub fn use_auth() -> Auth {
    expect_context()
}

impl Auth {
    /// The login, if the person is signed in.
    pub fn session(&self) -> Signal<Option<Session>> {
        self.session.into()
    }

    /// Who they are.
    pub fn profile(&self) -> Signal<ProfileState> {
        self.profile.into()
    }

    /// What went wrong with the login last.
    pub fn failure(&self) -> Signal<Option<Failure>> {
        self.failure.into()
    }

    /// Why nobody can log in at the moment: the configuration did not come.
    pub fn config_failure(&self) -> Signal<Option<Failure>> {
        let config = self.config;
        Signal::derive(move || match config.get() {
            ConfigState::Failed(failure) => Some(failure),
            _ => None,
        })
    }

    /// Whether the browser is on its way to the provider.
    pub fn is_leaving(&self) -> Signal<bool> {
        self.leaving.into()
    }

    /// The path of the page that is shown.
    pub fn path(&self) -> Signal<String> {
        self.path.into()
    }

    /// The providers one can log in with, id and name: none until the configuration is there.
    pub fn providers(&self) -> Signal<Option<Vec<(String, String)>>> {
        let config = self.config;
        Signal::derive(move || match config.get() {
            ConfigState::Loaded(config) => {
                Some(config.providers.into_iter().map(|provider| (provider.id, provider.name)).collect())
            }
            _ => None,
        })
    }

    /// Leaves for the login page of the provider, or of the first one, to come back to where the person is now.
    pub fn log_in(&self, provider_id: Option<String>) {
        self.log_in_to(provider_id, ReturnPath::new(&browser::place()));
    }

    /// Leaves for the login page of the provider, or of the first one, to come back to `return_to`.
    pub fn log_in_to(&self, provider_id: Option<String>, return_to: ReturnPath) {
        if self.leaving.get_untracked() {
            return; // A double click.
        }
        self.leaving.set(true);
        self.failure.set(None);
        self.wanted.set_value(Some((provider_id, return_to)));
        match self.config.get_untracked() {
            ConfigState::Loaded(config) => self.depart(&config),
            ConfigState::Loading => {} // It departs when the configuration is there.
            ConfigState::Failed(_) => self.load_config(),
        }
    }

    /// Ends the login, in all tabs of this app.
    pub fn log_out(&self) {
        Session::end_everywhere();
        self.failure.set(None);
        self.set_session(None);
    }

    /// Asks for the configuration again, if it did not come, and for the profile.
    pub fn load_again(&self) {
        self.failure.set(None);
        match self.config.get_untracked() {
            ConfigState::Loaded(_) => self.load_profile(),
            _ => self.load_config(),
        }
    }

    /// The callback that the page was opened with. It can be taken once.
    pub(crate) fn take_received(&self) -> Option<Received> {
        self.received.try_update_value(Option::take).flatten()
    }

    /// Signs in with a session that was just made, and goes where the person came from.
    pub(crate) fn arrive(&self, session: Session, return_to: &ReturnPath) {
        self.failure.set(None);
        self.is_kept.set_value(session.store());
        self.set_session(Some(session));
        browser::replace_address(return_to.as_str());
        self.path.set(browser::path());
    }
}
