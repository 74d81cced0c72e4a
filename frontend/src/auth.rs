//! The login of a tab, which is all that another app takes over: what is true now, what a person can do about it, and a
//! request with the session. The crate's own page shows how.

mod ask;
mod lifetime;
mod loading;
mod state;
mod waiting;

use leptos::prelude::*;
use shared::return_path::ReturnPath;

pub use shared::provider::Profile;
pub use shared::secret::AccessToken;

pub use self::ask::Reply;
pub(crate) use self::state::Patience;
pub use self::state::ProfileState;
use self::state::{ConfigState, State, Wanted};
use crate::failure::Failure;
pub use crate::failure::Notice;
pub use crate::pages::LoginCallback;
pub use crate::session::Session;
use crate::{browser, callback};

/// The login of this tab. It is a handle: copy it into closures as you like.
///
/// What it tells is read from one signal, so that a view or an effect that asks is run again when anything changes. What
/// must be run again only when somebody has signed in or out stands in a [`Show`], or asks a [`Memo`].
#[derive(Clone, Copy)]
pub struct Auth {
    state: RwSignal<State>,
}

/// Makes the login of this tab, and provides it by Leptos's context.
///
/// Call it once, at the root of the app, before a router and before anything that makes a request: it takes a callback's
/// code out of the address.
pub fn provide_auth() -> Auth {
    let auth = start();
    provide_context(auth);
    auth
}

/// The same without the context, which this app does not need.
pub(crate) fn start() -> Auth {
    let received = callback::receive();
    let auth = Auth { state: RwSignal::new(State::new(received)) };
    auth.listen();
    auth.listen_to_the_network();
    auth.look_again();
    auth.load_config();
    if callback::is_callback(&auth.state.read_untracked().path) {
        auth.finish();
    }
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
    /// The session, if the person is signed in.
    pub fn session(&self) -> Option<Session> {
        self.state.read().session.clone()
    }

    /// Whether the person is signed in.
    pub fn is_signed_in(&self) -> bool {
        self.state.read().session.is_some()
    }

    /// Who they are.
    pub fn profile(&self) -> ProfileState {
        self.state.read().profile.clone()
    }

    /// Why nobody is signed in who should be: what went wrong last, or why nobody can log in at the moment. What became of
    /// a callback is told by [`LoginCallback`].
    pub fn failure(&self) -> Option<Notice> {
        self.last_failure().or_else(|| self.config_failure()).map(Notice::from)
    }

    /// What went wrong with the login last.
    pub(crate) fn last_failure(&self) -> Option<Failure> {
        self.state.read().failure.clone()
    }

    /// Why the callback that the page was opened with has signed nobody in.
    pub(crate) fn refused(&self) -> Option<Failure> {
        self.state.read().refused.as_ref().map(|refused| refused.failure.clone())
    }

    /// Why nobody can log in at the moment: the configuration did not come.
    pub(crate) fn config_failure(&self) -> Option<Failure> {
        match &self.state.read().config {
            ConfigState::Failed(failure) => Some(failure.clone()),
            _ => None,
        }
    }

    /// Whether the browser is on its way to the provider. A button to log in is off meanwhile.
    pub fn is_leaving(&self) -> bool {
        self.state.read().leaving
    }

    /// The path of the page that is shown, for an app that has no router. It changes with Back and Forward, and when a
    /// login is finished.
    pub fn path(&self) -> String {
        self.state.read().path.clone()
    }

    /// Whether that is the page for [`LoginCallback`]: the address, `/auth`, that the provider sends people back to.
    pub fn is_at_callback(&self) -> bool {
        callback::is_callback(&self.state.read().path)
    }

    /// The providers one can log in with, id and name: none until the configuration is there.
    pub fn providers(&self) -> Option<Vec<(String, String)>> {
        match &self.state.read().config {
            ConfigState::Loaded(config) => {
                Some(config.providers.iter().map(|provider| (provider.id.clone(), provider.name.clone())).collect())
            }
            _ => None,
        }
    }

    /// Leaves for the login page of the first provider, to come back to where the person is now.
    pub fn log_in(&self) {
        self.log_in_from_here(None);
    }

    /// The same with the provider of that id, one of [`providers`](Self::providers).
    pub fn log_in_with(&self, provider: impl Into<String>) {
        self.log_in_from_here(Some(provider.into()));
    }

    pub(crate) fn log_in_from_here(&self, provider: Option<String>) {
        self.log_in_to(provider, ReturnPath::new(&browser::place()));
    }

    /// Leaves for the login page of the provider, or of the first one, to come back to `return_to`.
    fn log_in_to(&self, provider: Option<String>, return_to: ReturnPath) {
        if self.state.read_untracked().leaving {
            return; // A double click.
        }
        self.wait();
        let mut state = self.state.write();
        state.leaving = true;
        state.failure = None;
        state.is_copied = false;
        state.wanted = Some(Wanted { provider, return_to });
        let has_config = match state.config {
            ConfigState::Loaded(_) => Some(true),
            ConfigState::Loading => None, // It departs when the configuration is there.
            ConfigState::Failed(_) => Some(false),
        };
        drop(state);
        match has_config {
            Some(true) => self.depart(),
            Some(false) => self.load_config(),
            None => {}
        }
    }

    /// Begins the login anew that the callback of this page was to finish, to come back to the same place.
    pub(crate) fn try_again(&self) {
        let refused = self.state.read_untracked().refused.clone();
        if let Some(refused) = refused {
            self.log_in_to(refused.provider, refused.return_to);
        }
    }

    /// Ends the login, in all tabs of this app.
    pub fn log_out(&self) {
        Session::end_everywhere();
        self.state.write().failure = None;
        self.set_session(None);
    }

    /// Copies the number of a request, to be told to the operator.
    pub(crate) fn copy_request(&self) {
        let is_copied = browser::copy("[role=alert] .request");
        self.state.write().is_copied = is_copied;
    }

    pub(crate) fn is_copied(&self) -> bool {
        self.state.read().is_copied
    }

    /// Asks for the configuration again, if it did not come, and for the profile.
    pub fn load_again(&self) {
        self.state.write().failure = None;
        let is_loaded = matches!(self.state.read_untracked().config, ConfigState::Loaded(_));
        if is_loaded { self.load_profile() } else { self.load_config() }
    }

    /// Signs in with a session that was just made, and goes where the person came from.
    fn arrive(&self, session: Session, return_to: &ReturnPath) {
        browser::replace_address(return_to.as_str());
        let mut state = self.state.write();
        state.failure = None;
        state.is_kept = session.store();
        state.path = browser::path();
        drop(state);
        self.set_session(Some(session));
    }
}
