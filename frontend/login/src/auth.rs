//! The login as a Leptos hook: signals for the state, and methods for the person's actions.

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

/// The login of this tab: signals for the state, and methods for the person's actions. It is a handle and can be copied
/// into closures.
///
/// Each signal changes only when its value does.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Auth {
    /// The texts in the person's language.
    pub texts: &'static Texts,
    /// The address to which the router must go, replacing the current one.
    #[cfg(feature = "router")]
    pub(crate) destination: RwSignal<Option<String>>,
    core: StoredValue<Core, LocalStorage>,
}

/// The data behind the handle.
pub(crate) struct Core {
    /// `None` only during a transition.
    state: Option<State>,
    pub(crate) view: View,
    options: AuthOptions,
    /// The person's language, as the browser names it.
    locale: String,
    pub(crate) running: Running,
    /// Tasks that wait for a change.
    waiting: Vec<Waker>,
    /// One for each field of the view, in order.
    pub(crate) changed: [Trigger; View::FIELDS],
}

/// Creates the login of this tab with the default options, and provides it as a Leptos context.
///
/// Call it once, in the app's root component, before the router and before anything that sends a request: it removes a
/// callback's code from the address.
pub fn provide_auth() -> Auth {
    provide_auth_with_options(AuthOptions::new())
}

/// Like [`provide_auth`], with options.
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

/// Returns the login that [`provide_auth`] created.
///
/// # Panics
/// If it is called outside the component that provided the login.
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

    /// Whether the page is at the redirect URI, where an app without a router shows
    /// [`LoginCallback`](crate::LoginCallback). It reads a signal.
    pub fn is_at_callback(&self) -> bool {
        let path = self.path().get();
        self.core.with_value(|core| core.options.is_callback(&path))
    }

    /// The person's language, as the browser names it (BCP 47). Pass it to `Intl`, so that dates match the texts.
    pub fn locale(&self) -> String {
        self.core.with_value(|core| core.locale.clone())
    }

    /// Opens the login page of the first provider. After the login, the person returns to the current page.
    pub fn log_in(&self) {
        self.attempt(Choice::First, &browser::place());
    }

    /// Opens the login page of the provider with that id. After the login, the person returns to the path `return_to`
    /// of this app, or to the current page if it is `None`.
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

    /// Retries what failed: the login, with the same provider and return path, the configuration, or the profile.
    pub fn retry(&self) {
        self.dispatch(Event::Retry);
    }

    /// Requests the profile again.
    pub fn load_profile(&self) {
        self.dispatch(Event::LoadProfile);
    }

    /// Creates a request, with the session, to the API of the provider with which the person logged in. `url` is a path
    /// such as `/v1/auth/me` on the API's origin, or an absolute URL on one of the origins in the configuration.
    pub fn request(&self, method: Method, url: &str) -> ApiRequest {
        ApiRequest::new(*self, method, url)
    }

    /// Passes an event to the machine and performs the effects.
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
        // Nothing is left to do after the app is unmounted.
        let Some((options, triggers, effects, waiting)) = follows.flatten() else { return };
        triggers.into_iter().for_each(|trigger| trigger.notify());
        waiting.into_iter().for_each(Waker::wake);
        for effect in effects {
            effects::run(*self, options, effect);
        }
    }

    /// Checks the clock and the browser's storage.
    pub(crate) fn look(&self) {
        if let Some(store) = self.core.try_with_value(|core| Store(core.options.storage_prefix)) {
            self.dispatch(Event::Looked(store.stored()));
        }
    }

    /// Changes what is in progress.
    pub(crate) fn running(&self, change: impl FnOnce(&mut Running)) {
        self.core.try_update_value(|core| change(&mut core.running));
    }

    /// Waits until a condition holds, or the app is unmounted.
    pub(crate) async fn until(&self, is_so: impl Fn(&Core) -> bool) {
        poll_fn(|context| {
            if self.core.try_with_value(&is_so) != Some(false) {
                return Poll::Ready(());
            }
            self.core.try_update_value(|core| core.waiting.push(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }

    /// The same for a condition on the machine's state.
    pub(crate) async fn until_state(&self, is_so: fn(&State) -> bool) {
        self.until(move |core| core.state.as_ref().is_some_and(is_so)).await;
    }

    /// Wakes the waiting tasks, which check their conditions again.
    pub(crate) fn wake(&self) {
        let waiting = self.core.try_update_value(|core| std::mem::take(&mut core.waiting));
        waiting.into_iter().flatten().for_each(Waker::wake);
    }

    /// Reads the state of the machine; `None` after the app is unmounted.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> Option<T> {
        self.core.try_with_value(|core| core.state.as_ref().map(read)).flatten()
    }

    /// Replaces the current address with another one of the app.
    #[cfg(not(feature = "router"))]
    pub(crate) fn go(&self, place: &str) {
        browser::replace_address(place);
        self.show(browser::path());
    }

    /// Replaces the current address with another one of the app. [`LoginCallback`](crate::LoginCallback) passes it to
    /// the router.
    #[cfg(feature = "router")]
    pub(crate) fn go(&self, place: &str) {
        self.destination.set(Some(place.to_owned()));
    }

    /// Sets the path that the signals report.
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
    /// Whether it is known if the person is signed in, which is so once the function has responded. If the request
    /// fails, [`failure`](Auth::failure) says so, and it is retried.
    is_known: bool,
    /// The provider of the session that the person has just ended here. It may still remember the person.
    logged_out_of: Option<Provider>,
    /// The person's session.
    session: Option<Session>,
    /// The person's profile.
    profile: ProfileState,
    /// Why the person is not signed in but should be: a login failed, a session ended, or the configuration could not
    /// be loaded.
    failure: Option<Failure>,
    /// Whole seconds until [`retry`](Auth::retry) can succeed, as the server requests; it counts down to 0.
    retry_in: u64,
    /// The providers to choose from; empty until the configuration is loaded.
    providers: Vec<Provider>,
    /// Whether something is in progress: a request, or the redirect to the provider.
    is_busy: bool,
    /// What is in progress.
    waiting: Option<Waiting>,
    /// How long the person has been waiting.
    patience: Patience,
    /// Whether the browser has no network.
    is_offline: bool,
    /// Whole minutes until the session ends, if that is known; it counts down.
    ends_in: Option<u64>,
    /// Whether the person logged out within the time of a double click. A login button that appeared in that time could
    /// be hit by the second click, so [`LoginButton`](crate::LoginButton) waits.
    just_logged_out: bool,
    /// The path of the page, for an app without a router. It changes with Back and Forward, and after a login.
    path: String,
}

impl Core {
    /// Whether there is a valid token at that time, or no token to wait for.
    pub(crate) fn has_token(&self, now: u64) -> bool {
        let Some(state) = &self.state else { return false };
        !state.is_renewing() || state.session().is_none_or(|session| session.has_token(now))
    }

    /// Replaces the view, and returns the triggers to notify.
    fn show(&mut self, view: View) -> Vec<Trigger> {
        let differences = view.differences(&self.view);
        self.view = view;
        self.changed.into_iter().zip(differences).filter_map(|(trigger, differs)| differs.then_some(trigger)).collect()
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests;
