//! The state of a login.

use std::rc::Rc;

use shared::config::ProviderConfig;
use shared::session::SessionMode;

use super::event::{Refused, Renewal, Stored};
use super::parts::{
    Backoff, Check, Config, DOUBLE_CLICK_MS, Generation, Login, Patience, Problem, ProfileState, Retry, Waiting,
};
use crate::failure::Cause;
use crate::options::AuthOptions;
use crate::session::Session;

/// The state of the login of a tab. Only [`step`](super::step) changes it.
#[derive(Debug)]
pub struct State {
    pub(super) now: u64,
    /// The most recent generation.
    pub(super) generation: Generation,
    pub(super) config: Config,
    pub(super) login: Login,
    pub(super) session: Option<Session>,
    /// What is known about the session in the cookie.
    pub(super) check: Check,
    pub(super) session_request: Option<Generation>,
    /// Whether another tab may still send its session.
    pub(super) asks_tabs: bool,
    /// A callback that this browser did not request, until it is known whether the person is signed in.
    pub(super) unasked: Option<Refused>,
    pub(super) renewal: Option<Renewal>,
    /// The session that the function reported as invalid, and the number of its renewals, until a `GET` has confirmed
    /// it.
    pub(super) rejected: Option<(String, u64)>,
    pub(super) backoff: Backoff,
    /// The provider of the session that the person has ended here.
    pub(super) left: Option<String>,
    /// What the browser had stored at the last check.
    pub(super) stored: Stored,
    /// Whether the browser has stored the session; if not, it is only in memory.
    pub(super) is_kept: bool,
    pub(super) options: AuthOptions,
    pub(super) profile: ProfileState,
    pub(super) profile_request: Option<Generation>,
    pub(super) problem: Option<Problem>,
    /// When the person logged out here, in milliseconds since the Unix epoch.
    pub(super) logged_out_at: Option<u64>,
    pub(super) is_offline: bool,
    /// The current wait.
    pub(super) wait: Generation,
    pub(super) patience: Patience,
}

impl State {
    /// The state before the first event.
    pub fn new(options: AuthOptions) -> Self {
        Self {
            now: 0,
            generation: Generation::default(),
            config: Config::Failed,
            login: Login::Idle,
            session: None,
            check: Check::Asking,
            session_request: None,
            asks_tabs: false,
            unasked: None,
            renewal: None,
            rejected: None,
            backoff: Backoff::default(),
            left: None,
            stored: Stored::default(),
            is_kept: true,
            options,
            profile: ProfileState::Loading,
            profile_request: None,
            problem: None,
            logged_out_at: None,
            is_offline: false,
            wait: Generation::default(),
            patience: Patience::Fresh,
        }
    }

    /// The same state at another time, in milliseconds since the Unix epoch by the browser's clock.
    pub fn at(self, now: u64) -> Self {
        Self { now, ..self }
    }

    /// Whether the person logged out so recently that the next click may be the second one of a double click.
    pub fn just_logged_out(&self) -> bool {
        self.logged_out_at.is_some_and(|at| self.now.abs_diff(at) < DOUBLE_CLICK_MS)
    }

    /// The session, if the person is signed in.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// The person's profile.
    pub fn profile(&self) -> &ProfileState {
        &self.profile
    }

    /// Why the person is not signed in but should be.
    pub fn cause(&self) -> Option<&Cause> {
        self.problem.as_ref().map(|problem| &problem.cause)
    }

    /// Whether [`Event::Retry`](super::Event::Retry) can help.
    pub fn can_retry(&self) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.retry != Retry::No && problem.cause.can_retry())
    }

    /// Whole seconds until a retry can succeed.
    pub fn retry_in(&self) -> u64 {
        let retry_at = self.problem.as_ref().and_then(|problem| problem.retry_at).unwrap_or_default();
        retry_at.saturating_sub(self.now).div_ceil(1000)
    }

    /// Whole minutes until the session ends, if that is known.
    pub fn ends_in(&self) -> Option<u64> {
        let end = self.session.as_ref()?.expires_at()?;
        Some(end.saturating_sub(self.now).div_ceil(60_000))
    }

    /// The providers to show, in order; empty until the configuration is loaded.
    pub fn providers(&self) -> Vec<&Rc<ProviderConfig>> {
        match (&self.config, self.options.providers) {
            (Config::Loaded(config), None) => config.providers.iter().collect(),
            (Config::Loaded(config), Some(ids)) => ids.iter().filter_map(|id| config.provider(id)).collect(),
            (Config::Loading(_) | Config::Failed, _) => Vec::new(),
        }
    }

    /// The path of the function.
    pub fn api_path(&self) -> &'static str {
        self.options.api_path
    }

    /// Whether the configuration is being loaded.
    pub fn is_loading_config(&self) -> bool {
        matches!(self.config, Config::Loading(_))
    }

    /// The session mode, as far as it is known.
    pub(super) fn mode(&self) -> Option<SessionMode> {
        match &self.config {
            Config::Loaded(config) => Some(config.session),
            Config::Loading(_) | Config::Failed => self.session.as_ref().map(Session::mode),
        }
    }

    /// Whether a response that reports if the person is signed in is still outstanding.
    pub fn is_asking(&self) -> bool {
        self.session.is_none() && (self.check == Check::Asking || self.asks_tabs)
    }

    /// Whether it is known if the person is signed in.
    pub fn is_known(&self) -> bool {
        self.session.is_some() || (self.check == Check::Known && !self.asks_tabs)
    }

    /// Whether a renewal is in progress, for which a request has to wait.
    pub fn is_renewing(&self) -> bool {
        self.renewal.as_ref().is_some_and(|renewal| renewal.renewals.is_some())
    }

    /// The provider of the session that the person has ended here. It may still remember the person.
    pub fn left(&self) -> Option<&Rc<ProviderConfig>> {
        self.configured(self.left.as_ref().filter(|_| self.session.is_none())?)
    }

    /// The provider with that id, once the configuration is loaded.
    pub fn configured(&self, id: &str) -> Option<&Rc<ProviderConfig>> {
        match &self.config {
            Config::Loaded(config) => config.provider(id),
            Config::Loading(_) | Config::Failed => None,
        }
    }

    /// What the person is waiting for.
    pub fn waiting(&self) -> Option<Waiting> {
        let is_loading = self.is_loading_config();
        match self.login {
            Login::Wanted(_) | Login::Preparing(..) | Login::Leaving(_) => Some(Waiting::Leaving),
            Login::Finishing(..) => Some(Waiting::Finishing),
            Login::Idle if self.is_asking() => Some(Waiting::Session),
            Login::Idle if self.session.is_none() => is_loading.then_some(Waiting::Config),
            Login::Idle if self.is_loading_profile() => Some(Waiting::Profile),
            Login::Idle => {
                let is_missing = is_loading && self.options.loads_profile && self.profile == ProfileState::Loading;
                is_missing.then_some(Waiting::Profile)
            }
        }
    }

    /// Whether the profile is being loaded.
    pub(super) fn is_loading_profile(&self) -> bool {
        self.profile_request.is_some() || self.renewal.as_ref().is_some_and(|renewal| renewal.profile)
    }

    /// How long the person has been waiting.
    pub fn patience(&self) -> Patience {
        self.patience
    }

    /// Whether the browser is offline.
    pub fn is_offline(&self) -> bool {
        self.is_offline
    }
}
