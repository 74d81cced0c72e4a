//! The events of a login, and its effects.

use std::rc::Rc;

use shared::callback::{CallbackError, Validated};
use shared::config::{AppConfig, ProviderConfig};
use shared::provider::{Profile, ProfileError};
use shared::return_path::ReturnPath;
use shared::secret::AccessToken;
use shared::session::SessionState;
use shared::state::{PendingLogin, State as LoginState};

use super::parts::{Attempt, Generation, Patience};
use crate::failure::Cause;
use crate::session::Session;

/// An event.
#[derive(Debug)]
pub enum Event {
    /// The page was opened, at a redirect URI or elsewhere.
    Opened {
        /// What the browser has stored.
        stored: Stored,
        /// The authorization response in the address, if the page was opened with one.
        callback: Option<Result<Validated, Refused>>,
        /// Whether the browser is offline.
        is_offline: bool,
    },
    /// The response to the request for the configuration.
    ConfigAnswered(Generation, Result<AppConfig, Cause>),
    /// The person wants to log in.
    LogIn(Attempt),
    /// The authorization request is ready, or cannot be made.
    Prepared(Generation, Result<Departure, Cause>),
    /// The browser did not navigate to the provider.
    NotLeft(Cause),
    /// The response to the exchange.
    Exchanged(Generation, Stored, Result<Arrival, Cause>),
    /// The response to the request for the session in the cookie.
    SessionAnswered(Generation, Stored, Result<Option<SessionState>, Cause>),
    /// The response to a renewal of the session, or to a request for its profile.
    Renewed(Generation, Stored, Result<Option<SessionState>, Cause>),
    /// Another tab of this app has sent its session, or none has within the time limit.
    HandedOver(Option<Session>),
    /// Another tab has changed the session.
    Announced,
    /// A request waits for a valid access token.
    TokenWanted,
    /// The browser could not store the session, so it lasts until the page is left.
    NotKept,
    /// The response to the request for the profile.
    ProfileAnswered(Generation, Result<Profile, ProfileError>),
    /// The person wants to reload the profile.
    LoadProfile,
    /// The provider's API, or the function in front of it, rejects the access token of the session with that id, after
    /// that number of renewals.
    TokenRefused(String, u64),
    /// The function reports that the cookie holds another session, or none.
    Outdated,
    /// The person wants to retry what failed.
    Retry,
    /// The person logs out.
    LogOut,
    /// The page that showed the failure was left.
    Dismissed,
    /// Time has passed, or another tab has changed the storage.
    Looked(Stored),
    /// The page is shown again.
    Shown,
    /// The page is back from the back-forward cache, or is shown after it was prerendered.
    Returned,
    /// The network was lost or is back.
    Network {
        /// Whether the browser is offline.
        is_offline: bool,
    },
    /// The person has been waiting for that long.
    Waited(Generation, Patience),
}

/// An effect to perform.
#[derive(Debug)]
pub enum Effect {
    /// Request the configuration.
    LoadConfig(Generation),
    /// Build the authorization request: state and PKCE.
    Prepare(Generation, Rc<ProviderConfig>, ReturnPath),
    /// Store the pending login, and navigate to the provider.
    Leave(Departure),
    /// Exchange the code.
    Exchange(Generation, Validated),
    /// Request the profile.
    LoadProfile {
        /// The generation of the request.
        generation: Generation,
        /// The provider. It has a profile URL.
        provider: Rc<ProviderConfig>,
        /// The access token.
        token: AccessToken,
    },
    /// Request the session in the cookie from the function.
    LoadSession(Generation),
    /// Renew the session, or read its profile, or both.
    Renew(Renewal),
    /// End the session at the function, which revokes its tokens if the provider supports that.
    EndSession(EndSession),
    /// Retry ending the sessions whose end the function has not confirmed.
    RepeatEnds,
    /// Note for all tabs that the person has logged out of the session with that id.
    NoteSignedOut(String),
    /// Note for all tabs that no request may be sent to the function before that time.
    NoteRetryAt(u64),
    /// Announce to the other tabs that the session has changed.
    Announce,
    /// Ask the other tabs for their session.
    AskTabs,
    /// Reload the page, once, because its configuration is out of date.
    Reload,
    /// Cancel that request.
    Cancel(Generation),
    /// Store the session for a reload of this tab, and a hint for the shell of the next page.
    Keep(Session),
    /// Remove the stored session and the hint.
    Forget,
    /// End the sessions of all tabs.
    SignOutEverywhere,
    /// End the session with that id in all tabs.
    EndEverywhere(String),
    /// Replace the current address with another one of the app.
    Go(ReturnPath),
    /// Set the timer that checks the state again, or cancel it.
    WakeAt(Option<u64>),
    /// Report when the wait has become long.
    Watch(Generation),
}

/// What the browser has stored.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    /// This tab's session.
    pub session: Option<Session>,
    /// The mark that changes in all tabs at each logout.
    pub mark: Option<String>,
    /// The id of the session that the provider rejected most recently.
    pub ended: Option<String>,
    /// The ids of the sessions that the person has logged out of most recently.
    pub signed_out: Vec<String>,
    /// What is known about the last session before the first response.
    pub hint: Option<Hint>,
    /// Whether the next login lets the person choose an account.
    pub chooses_account: bool,
    /// The earliest time for the next request to the function, in milliseconds since the Unix epoch.
    pub retry_at: Option<u64>,
}

/// What all tabs store about the last session: enough to paint the next page, and to renew in time.
#[derive(Clone, Debug, PartialEq)]
pub struct Hint {
    /// The session's id.
    pub id: String,
    /// The number of its renewals.
    pub renewals: u64,
    /// The total lifetime of its access token, in milliseconds.
    pub life: Option<u64>,
}

/// The result of an exchange.
#[derive(Debug)]
pub enum Arrival {
    /// A session of this tab.
    Tab(Session),
    /// A session in a cookie.
    Cookie(SessionState),
}

/// A request to renew the session in the cookie, to read its profile, or both.
#[derive(Clone, Debug, PartialEq)]
pub struct Renewal {
    /// The generation of the request.
    pub generation: Generation,
    /// The session's id.
    pub id: String,
    /// The number of renewals before this one; `None` if the session is not to be renewed.
    pub renewals: Option<u64>,
    /// Whether to read the profile again.
    pub profile: bool,
}

/// A session to end at the function.
#[derive(Clone, Debug)]
pub struct EndSession {
    /// Its id.
    pub id: String,
    /// The provider's id and the access token, if this tab holds the session.
    pub token: Option<(String, AccessToken)>,
}

/// An authorization request that is ready to be sent.
#[derive(Debug)]
pub struct Departure {
    /// The `state` of the login.
    pub state: LoginState,
    /// The pending login to store under it.
    pub pending: PendingLogin,
    /// The URL of the provider's login page, with the parameters of the request.
    pub address: String,
}

/// A rejected authorization response.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The reason.
    pub error: CallbackError,
    /// The provider of the login to which its `state` belongs, if that login is one of this tab.
    pub provider: Option<String>,
    /// The page on which that login began.
    pub return_to: ReturnPath,
}

impl Refused {
    /// Whether this tab has requested it.
    pub(super) fn is_asked_for(&self) -> bool {
        self.provider.is_some()
    }
}
