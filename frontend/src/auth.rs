//! The login as the pages see it: signals that tell what is true, and what a person can do about it.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::config::AppConfig;
use shared::provider::ProfileError;
use shared::return_path::ReturnPath;

use crate::callback::{self, Received};
use crate::config::ConfigState;
use crate::failure::Failure;
pub use crate::profile::ProfileState;
use crate::session::{MARK_KEY, Session};
use crate::{api, browser, login};

/// The longest that a timer is set for: browsers count in 32 bits of milliseconds, and a longer one fires at once.
const LONGEST_TIMER_MS: f64 = 24.0 * 60.0 * 60.0 * 1000.0;

/// The login of this tab. It is a handle: copy it into closures as you like.
#[derive(Clone, Copy)]
pub struct Auth {
    session: RwSignal<Option<Session>>,
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
        session.store();
        self.set_session(Some(session));
        browser::replace_address(return_to.as_str());
        self.path.set(browser::path());
    }

    fn set_session(&self, session: Option<Session>) {
        self.profile.set(ProfileState::Loading);
        self.session.set(session);
        self.watch_expiry();
        self.load_profile();
    }

    /// Looks at what is true now: another tab may have logged out, the login may have ended, the page may have come
    /// back from the back-forward cache.
    fn look_again(&self) {
        let (shown, stored) = (self.session.get_untracked(), Session::stored());
        let now = browser::now();
        if [&shown, &stored].into_iter().flatten().any(|session| session.is_of_this_mark() && session.is_expired(now)) {
            self.end(Failure::LoginEnded);
            return;
        }
        match (&shown, &stored) {
            (Some(shown), Some(stored)) if shown.is(stored) => self.watch_expiry(),
            (None, None) => {}
            // A session that the browser would not keep is only in memory; it is good until some tab logs out.
            (Some(shown), None) if browser::tab_storage().is_none() && shown.is_of_this_mark() => self.watch_expiry(),
            _ => {
                if stored.is_none() {
                    Session::forget();
                }
                self.set_session(stored);
            }
        }
    }

    /// The login is over, for all tabs.
    fn end(&self, why: Failure) {
        Session::end_everywhere();
        self.set_session(None);
        self.failure.set(Some(why));
    }

    fn watch_expiry(&self) {
        let auth = *self;
        let end = self.session.with_untracked(|session| session.as_ref().and_then(Session::expires_at));
        let timer = end.and_then(|end| {
            let wait = (end - browser::now()).clamp(0.0, LONGEST_TIMER_MS);
            // One millisecond more, as timers may fire a little early.
            set_timeout_with_handle(move || auth.look_again(), Duration::from_millis(wait as u64 + 1)).ok()
        });
        if let Some(old) = self.expiry_timer.try_update_value(|slot| std::mem::replace(slot, timer)).flatten() {
            old.clear();
        }
    }

    fn listen(&self) {
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
        window_event_listener(leptos::ev::popstate, move |_| auth.path.set(browser::path()));
        window_event_listener_untyped("pageshow", move |_| {
            // Back from the provider without a login: the button works again.
            auth.leaving.set(false);
            auth.look_again();
        });
    }

    fn load_config(&self) {
        let auth = *self;
        auth.config.set(ConfigState::Loading);
        spawn_local(async move {
            match api::config().await {
                Ok(config) => {
                    auth.config.set(ConfigState::Loaded(config.clone()));
                    auth.depart(&config);
                    auth.load_profile();
                }
                Err(failure) => {
                    auth.config.set(ConfigState::Failed(failure.clone()));
                    auth.load_profile();
                    if auth.take_wanted().is_some() {
                        auth.stay(failure);
                    }
                }
            }
        });
    }

    /// Begins the login that is wanted, if one is.
    fn depart(&self, config: &AppConfig) {
        let Some((provider_id, return_to)) = self.take_wanted() else { return };
        let first = || config.providers.first().map(|provider| provider.id.clone());
        let begun = provider_id.or_else(first).ok_or(Failure::UnknownProvider);
        if let Err(failure) = begun.and_then(|id| login::begin(config, &id, return_to)) {
            self.stay(failure);
        }
    }

    fn take_wanted(&self) -> Option<(Option<String>, ReturnPath)> {
        self.wanted.try_update_value(Option::take).flatten()
    }

    /// The login could not begin: the person stays here.
    fn stay(&self, why: Failure) {
        self.leaving.set(false);
        self.failure.set(Some(why));
    }

    /// Asks who has logged in, once session and configuration are both there.
    fn load_profile(&self) {
        let auth = *self;
        let Some(session) = auth.session.get_untracked() else { return };
        let config = match auth.config.get_untracked() {
            ConfigState::Loaded(config) => config,
            ConfigState::Loading => return,
            ConfigState::Failed(_) => return auth.profile.set(ProfileState::Failed),
        };
        let Some(provider) = config.provider(session.provider()).cloned() else {
            return auth.profile.set(ProfileState::Failed);
        };
        auth.profile.set(ProfileState::Loading);
        spawn_local(async move {
            let answer = api::profile(&provider, session.access_token()).await;
            // The person may have logged out, or in again, in the meantime.
            if !auth.session.with_untracked(|now| now.as_ref().is_some_and(|now| now.is(&session))) {
                return;
            }
            match answer {
                Ok(profile) => auth.profile.set(ProfileState::Loaded(profile)),
                Err(ProfileError::EmailNotVerified) => auth.profile.set(ProfileState::EmailNotVerified),
                Err(ProfileError::TokenRefused) => auth.end(Failure::LoginEnded),
                Err(ProfileError::Unreadable) => auth.profile.set(ProfileState::Failed),
            }
        });
    }
}
