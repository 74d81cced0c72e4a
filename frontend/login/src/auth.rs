//! The login as a Leptos hook: signals that say what is true, and what a person can do about it.

use std::future::poll_fn;
use std::task::{Poll, Waker};

use gloo_net::http::Method;
use leptos::prelude::*;
use shared::return_path::{self, ReturnPath};

use crate::browser;
use crate::effects::storage::Store;
use crate::effects::{self, Running, callback, listeners};
use crate::failure::Failure;
use crate::machine::{self, Attempt, Choice, Event, Field, Patience, ProfileState, Provider, State, View, Waiting};
use crate::options::AuthOptions;
use crate::request::ApiRequest;
use crate::session::Session;
use crate::signal::AuthSignal;
use crate::texts::Texts;

/// The login of this tab: signals that say what is true, and methods for what a person can do about it. It is a handle:
/// copy it into closures as you like.
///
/// Each signal changes only when its value does.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Auth {
    /// The texts in the person's language.
    pub texts: &'static Texts,
    /// Where the router is to go, in place of the present address.
    #[cfg(feature = "router")]
    pub(crate) destination: RwSignal<Option<String>>,
    core: StoredValue<Core, LocalStorage>,
}

/// What is behind the handle.
pub(crate) struct Core {
    /// It is away only while it is changed.
    state: Option<State>,
    pub(crate) view: View,
    options: AuthOptions,
    /// The person's language as the browser names it.
    locale: String,
    running: Running,
    /// Requests that wait for the configuration.
    waiting: Vec<Waker>,
    /// One for each field of the view, in their order.
    pub(crate) changed: [Trigger; View::FIELDS],
}

/// Makes the login of this tab, with the default options, and provides it by Leptos's context.
///
/// Call it once, in the component at the root of the app, before a router and before anything that makes a request: it
/// takes a callback's code out of the address.
pub fn provide_auth() -> Auth {
    provide_auth_with_options(AuthOptions::new())
}

/// The same with options.
pub fn provide_auth_with_options(options: AuthOptions) -> Auth {
    let callback = callback::receive(&options);
    let languages = match options.language {
        Some(language) => vec![language.to_owned()],
        None => browser::languages(),
    };
    let (texts, locale) = Texts::choose(options.texts, &languages);
    let auth = Auth::new(options, texts, locale);
    provide_context(auth);
    let store = Store(options.storage_prefix);
    listeners::listen(auth, store);
    on_cleanup(move || auth.running(|running| *running = Running::default()));
    auth.dispatch(Event::Opened { stored: store.stored(), callback, is_offline: browser::is_offline() });
    auth
}

/// The login that [`provide_auth`] made.
///
/// # Panics
/// Outside the part of the app that it was provided for.
pub fn use_auth() -> Auth {
    expect_context()
}

impl Auth {
    fn new(options: AuthOptions, texts: &'static Texts, locale: String) -> Self {
        let state = State::new(options);
        let view = View::new(&state, texts, browser::path());
        let changed = [(); View::FIELDS].map(|()| Trigger::new());
        let running = Running::default();
        let core = Core { state: Some(state), view, options, locale, running, waiting: Vec::new(), changed };
        let core = StoredValue::new_local(core);
        Self {
            texts,
            #[cfg(feature = "router")]
            destination: RwSignal::new(None),
            core,
        }
    }

    /// Whether the page is at the path that the provider sends people back to: the place of
    /// [`LoginCallback`](crate::LoginCallback) in an app that has no router. It reads a signal.
    pub fn is_at_callback(&self) -> bool {
        let path = self.path().get();
        self.core.with_value(|core| core.options.is_callback(&path))
    }

    /// The person's language as the browser names it (BCP 47): for `Intl`, so that dates and texts agree.
    pub fn locale(&self) -> String {
        self.core.with_value(|core| core.locale.clone())
    }

    /// Leaves for the login page of the first provider, to come back to where the person is now.
    pub fn log_in(&self) {
        self.attempt(Choice::First, &browser::place());
    }

    /// Leaves for the login page of the provider of that id, to come back to a path of this app: `None` is where the person
    /// is now.
    pub fn log_in_with(&self, provider: impl Into<String>, return_to: Option<&str>) {
        let choice = Choice::Provider(provider.into());
        self.attempt(choice, &return_to.map_or_else(browser::place, Into::into));
    }

    fn attempt(&self, choice: Choice, return_to: &str) {
        let path = return_path::path(return_to);
        let is_callback = self.core.try_with_value(|core| core.options.is_callback(path)) == Some(true);
        let return_to = if is_callback { ReturnPath::home() } else { ReturnPath::new(return_to) };
        self.dispatch(Event::LogIn(Attempt { choice, return_to }));
    }

    /// Ends the session, in all tabs of this app.
    pub fn log_out(&self) {
        self.dispatch(Event::LogOut);
    }

    /// Does again what failed: the login, with the same provider and the same way back, the configuration, or the profile.
    pub fn retry(&self) {
        self.dispatch(Event::Retry);
    }

    /// Asks for the profile again.
    pub fn load_profile(&self) {
        self.dispatch(Event::LoadProfile);
    }

    /// A request to the API of the provider that the person logged in with, with their session: a method of HTTP, and a path
    /// such as `/v1/auth/me` at the API's origin, or a whole address at one of the origins that the configuration names.
    pub fn request(&self, method: Method, url: &str) -> ApiRequest {
        ApiRequest::new(*self, method, url)
    }

    /// Something has happened: the machine says what follows.
    pub(crate) fn dispatch(&self, event: Event) {
        let now = browser::now();
        let texts = self.texts;
        let follows = self.core.try_update_value(|core| {
            let state = core.state.take()?;
            let (state, effects) = machine::step(state.at(now), event);
            let triggers = core.show(View::new(&state, texts, core.view.path.clone()));
            core.state = Some(state);
            Some((core.options, triggers, effects, std::mem::take(&mut core.waiting)))
        });
        // After the app was unmounted there is nothing to do.
        let Some((options, triggers, effects, waiting)) = follows.flatten() else { return };
        triggers.into_iter().for_each(|trigger| trigger.notify());
        waiting.into_iter().for_each(Waker::wake);
        for effect in effects {
            effects::run(*self, options, effect);
        }
    }

    /// Looks at the clock and at what the browser has kept.
    pub(crate) fn look(&self) {
        if let Some(store) = self.core.try_with_value(|core| Store(core.options.storage_prefix)) {
            self.dispatch(Event::Looked(store.stored()));
        }
    }

    /// Changes what is under way.
    pub(crate) fn running(&self, change: impl FnOnce(&mut Running)) {
        self.core.try_update_value(|core| change(&mut core.running));
    }

    /// Waits while the configuration is on its way.
    pub(crate) async fn has_config(&self) {
        poll_fn(|context| {
            let is_loading = self.read(State::is_loading_config) == Some(true);
            if !is_loading {
                return Poll::Ready(());
            }
            self.core.try_update_value(|core| core.waiting.push(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }

    /// Reads the state of the machine; `None` after the app was unmounted.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> Option<T> {
        self.core.try_with_value(|core| core.state.as_ref().map(read)).flatten()
    }

    /// Shows another address of the app, in place of the present one.
    #[cfg(not(feature = "router"))]
    pub(crate) fn go(&self, place: &str) {
        browser::replace_address(place);
        self.show(browser::path());
    }

    /// Shows another address of the app, in place of the present one. [`LoginCallback`](crate::LoginCallback) passes it on
    /// to the router.
    #[cfg(feature = "router")]
    pub(crate) fn go(&self, place: &str) {
        self.destination.set(Some(place.to_owned()));
    }

    /// From now on the page is at that path.
    pub(crate) fn show(&self, path: String) {
        let triggers = self.core.try_update_value(|core| core.show(View { path, ..core.view.clone() }));
        triggers.into_iter().flatten().for_each(|trigger| trigger.notify());
    }
}

macro_rules! signals {
    ($($(#[$doc:meta])* $field:ident: $type:ty,)*) => {
        impl Auth {
            $(
                $(#[$doc])*
                pub fn $field(&self) -> AuthSignal<$type> {
                    AuthSignal { core: self.core, field: Field::$field as usize, of: |view| &view.$field }
                }
            )*
        }
    };
}

signals! {
    /// Whether the person is signed in.
    is_signed_in: bool,
    /// Their session.
    session: Option<Session>,
    /// Who they are.
    profile: ProfileState,
    /// Why the person is not signed in but should be: a login that failed, a session that has ended, a configuration that did
    /// not come.
    failure: Option<Failure>,
    /// The whole seconds to wait before [`retry`](Auth::retry) has a chance, as the server asks for; it counts down to 0.
    retry_in: u64,
    /// The providers to choose from; none until the configuration has come.
    providers: Vec<Provider>,
    /// Whether something is under way: a request, or leaving for the provider.
    is_busy: bool,
    /// What is under way.
    waiting: Option<Waiting>,
    /// How long that takes already.
    patience: Patience,
    /// Whether the browser has no network.
    is_offline: bool,
    /// The whole minutes until the session ends, if that is known; it counts down.
    ends_in: Option<u64>,
    /// Whether the person has logged out within the time of a double click. A button to log in that appears meanwhile would be
    /// under the pointer of its second click, so a [`LoginButton`](crate::LoginButton) waits.
    just_logged_out: bool,
    /// The path of the page, for an app that has no router. It changes with Back and Forward, and after a login.
    path: String,
}

impl Core {
    /// Takes another view, and gives what is to be notified of it.
    fn show(&mut self, view: View) -> Vec<Trigger> {
        let differences = view.differences(&self.view);
        self.view = view;
        self.changed.into_iter().zip(differences).filter_map(|(trigger, differs)| differs.then_some(trigger)).collect()
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests;
