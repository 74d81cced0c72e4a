//! Everything that can happen to a login, and everything that it causes.

use std::rc::Rc;

use shared::callback::{CallbackError, Validated};
use shared::config::{AppConfig, ProviderConfig};
use shared::provider::{Profile, ProfileError};
use shared::return_path::ReturnPath;
use shared::secret::AccessToken;
use shared::state::{PendingLogin, State as LoginState};

use super::state::{Attempt, Generation, Patience};
use crate::failure::Cause;
use crate::session::Session;

/// Something that has happened.
#[derive(Debug)]
pub enum Event {
    /// The page was opened, at the callback's address or elsewhere.
    Opened {
        /// What the browser has kept.
        stored: Stored,
        /// The authorization response in the address, if the page was opened with one.
        callback: Option<Result<Validated, Refused>>,
        /// Whether the browser has no network.
        is_offline: bool,
    },
    /// The configuration has come, or why it has not.
    ConfigAnswered(Generation, Result<AppConfig, Cause>),
    /// Somebody wants to log in.
    LogIn(Attempt),
    /// The authorization request is made, or why it cannot be.
    Prepared(Generation, Result<Departure, Cause>),
    /// The browser did not leave.
    NotLeft(Cause),
    /// The code was exchanged, or why it was not.
    Exchanged(Generation, Result<Session, Cause>),
    /// The browser has no room for the session: it lasts until the page is left.
    NotKept,
    /// The profile has come, or why it has not.
    ProfileAnswered(Generation, Result<Profile, ProfileError>),
    /// Somebody wants to have the profile loaded again.
    LoadProfile,
    /// The provider's API has answered 401 to the session of that id: the profile's address can tell what that means.
    Doubted(String),
    /// Somebody wants to do again what failed.
    Retry,
    /// Somebody logs out.
    LogOut,
    /// The page that showed the failure is left.
    Dismissed,
    /// Time has passed, or another tab has changed what the browser has kept.
    Looked(Stored),
    /// The page is back from the back-forward cache.
    Returned,
    /// The network has gone or come back.
    Network {
        /// Whether it has gone.
        is_offline: bool,
    },
    /// So long has the person been waiting.
    Waited(Generation, Patience),
}

/// Something to do.
#[derive(Debug)]
pub enum Effect {
    /// Ask for the configuration.
    LoadConfig(Generation),
    /// Make the authorization request: state and PKCE.
    Prepare(Generation, Rc<ProviderConfig>, ReturnPath),
    /// Remember the login, and leave for the provider.
    Leave(Departure),
    /// Exchange the code.
    Exchange(Generation, Validated),
    /// Ask who is signed in.
    LoadProfile {
        /// The question's.
        generation: Generation,
        /// The provider, which has an address for that.
        provider: Rc<ProviderConfig>,
        /// With what.
        token: AccessToken,
    },
    /// Stop that request.
    Cancel(Generation),
    /// Keep the session for a reload of this tab, and for the shell that the next page paints.
    Keep(Session),
    /// Remove what was kept.
    Forget,
    /// End the sessions of all tabs.
    SignOutEverywhere,
    /// End the session of that id in all tabs.
    EndEverywhere(String),
    /// Show another address of the app, in place of the present one.
    Go(ReturnPath),
    /// Look again at that time.
    WakeAt(Option<u64>),
    /// Report how long the person waits.
    Watch(Generation),
}

/// What the browser has kept.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    /// This tab's session.
    pub session: Option<Session>,
    /// The mark that changes in all tabs whenever somebody logs out.
    pub mark: Option<String>,
    /// The id of the session that the provider has refused last.
    pub ended: Option<String>,
}

/// An authorization request that is ready to be sent.
#[derive(Debug)]
pub struct Departure {
    /// The key of the login.
    pub state: LoginState,
    /// What to remember under it.
    pub pending: PendingLogin,
    /// The address of the provider's login page, with the request.
    pub address: String,
}

/// An authorization response that is not used.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Why.
    pub error: CallbackError,
    /// The provider of the login that it names, if it names one of this tab.
    pub provider: Option<String>,
    /// Where that login was begun.
    pub return_to: ReturnPath,
}

impl Refused {
    /// Whether this tab has asked for it.
    pub(super) fn is_asked_for(&self) -> bool {
        self.provider.is_some()
    }
}
