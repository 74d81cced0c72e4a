//! What is true of a login.

use std::rc::Rc;

use shared::config::{AppConfig, ProviderConfig};
use shared::provider::Profile;
use shared::return_path::ReturnPath;

use crate::failure::Cause;
use crate::options::AuthOptions;
use crate::session::Session;

/// How long the second click of a double click may take, in milliseconds: the default of desktop systems.
pub(super) const DOUBLE_CLICK_MS: u64 = 500;

/// Which question an answer belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Generation(u32);

impl Generation {
    pub(super) fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// The login of a tab. It is changed by [`step`](super::step) only.
#[derive(Debug)]
pub struct State {
    pub(super) now: u64,
    /// The last one that was given out.
    pub(super) generation: Generation,
    pub(super) config: Config,
    pub(super) login: Login,
    pub(super) session: Option<Session>,
    /// Whether the browser keeps the session; if not, it is in memory only.
    pub(super) is_kept: bool,
    pub(super) options: AuthOptions,
    pub(super) profile: ProfileState,
    pub(super) profile_request: Option<Generation>,
    pub(super) problem: Option<Problem>,
    /// When the person logged out here: milliseconds since the Unix epoch.
    pub(super) logged_out_at: Option<u64>,
    pub(super) is_offline: bool,
    /// What is waited for.
    pub(super) wait: Generation,
    pub(super) patience: Patience,
}

/// The configuration, as far as it has come.
#[derive(Debug, PartialEq)]
pub(super) enum Config {
    Loading(Generation),
    Loaded(AppConfig),
    Failed,
}

/// A login on its way.
#[derive(Debug, PartialEq)]
pub(super) enum Login {
    /// There is none.
    Idle,
    /// It leaves as soon as the configuration is there.
    Wanted(Attempt),
    /// The authorization request is being made.
    Preparing(Generation, Attempt),
    /// The browser is on its way to the provider.
    Leaving(Attempt),
    /// The code is being exchanged.
    Finishing(Generation, Attempt),
}

/// A login that the person wants: with which provider, and where to come back to.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// With which provider.
    pub choice: Choice,
    /// Where to come back to.
    pub return_to: ReturnPath,
}

/// A choice of provider.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// The one of that id.
    Provider(String),
    /// The first of the configuration.
    First,
    /// It is not known: if there are several, the person chooses on the front page.
    Ask,
}

/// Why the person is not signed in, and what can be done about it.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) cause: Cause,
    pub(super) retry: Retry,
    /// Before that, the other side does not want to be asked: milliseconds since the Unix epoch.
    pub(super) retry_at: Option<u64>,
}

/// What to do again.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Retry {
    No,
    Config,
    LogIn(Attempt),
}

/// How long something takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Patience {
    /// As long as things take.
    #[default]
    Fresh,
    /// Two seconds and more: worth a word.
    Slow,
    /// Ten seconds and more: worth a way out.
    Over,
}

/// What is being waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Waiting {
    /// The app's configuration.
    Config,
    /// The provider's login page.
    Leaving,
    /// The end of the login.
    Finishing,
    /// The profile.
    Profile,
}

/// The profile of the person, as far as it has come.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ProfileState {
    /// Not asked for yet, or on its way for the first time.
    Loading,
    /// There it is.
    Loaded(Profile),
    /// The provider has none that a browser may ask for.
    Absent,
    /// The person is signed in, but has not verified their e-mail address with the provider yet.
    EmailNotVerified,
    /// The person is signed in, but the profile did not load.
    Failed,
}

impl State {
    /// Before anything has happened.
    pub fn new(options: AuthOptions) -> Self {
        Self {
            now: 0,
            generation: Generation::default(),
            config: Config::Failed,
            login: Login::Idle,
            session: None,
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

    /// The same at that time: milliseconds since the Unix epoch, by the browser's clock.
    pub fn at(self, now: u64) -> Self {
        Self { now, ..self }
    }

    /// Whether the person has logged out so recently that a click may be the second one of a double click.
    pub fn just_logged_out(&self) -> bool {
        self.logged_out_at.is_some_and(|at| self.now.abs_diff(at) < DOUBLE_CLICK_MS)
    }

    /// The session, if the person is signed in.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// Who they are.
    pub fn profile(&self) -> &ProfileState {
        &self.profile
    }

    /// Why the person is not signed in but should be.
    pub fn cause(&self) -> Option<&Cause> {
        self.problem.as_ref().map(|problem| &problem.cause)
    }

    /// Whether [`Event::Retry`](super::Event::Retry) does something about it.
    pub fn can_retry(&self) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.retry != Retry::No && problem.cause.can_retry())
    }

    /// The whole seconds until the other side wants to be asked again.
    pub fn retry_in(&self) -> u64 {
        let retry_at = self.problem.as_ref().and_then(|problem| problem.retry_at).unwrap_or_default();
        retry_at.saturating_sub(self.now).div_ceil(1000)
    }

    /// The whole minutes until the session ends, where that is known.
    pub fn ends_in(&self) -> Option<u64> {
        let end = self.session.as_ref()?.expires_at()?;
        Some(end.saturating_sub(self.now).div_ceil(60_000))
    }

    /// The providers to show, in that order; none until the configuration is there.
    pub fn providers(&self) -> Vec<&Rc<ProviderConfig>> {
        match (&self.config, self.options.providers) {
            (Config::Loaded(config), None) => config.providers.iter().collect(),
            (Config::Loaded(config), Some(ids)) => ids.iter().filter_map(|id| config.provider(id)).collect(),
            (Config::Loading(_) | Config::Failed, _) => Vec::new(),
        }
    }

    /// Whether the configuration is on its way.
    pub fn is_loading_config(&self) -> bool {
        matches!(self.config, Config::Loading(_))
    }

    /// The provider of that id, once the configuration is there.
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
            Login::Idle if self.session.is_none() => is_loading.then_some(Waiting::Config),
            Login::Idle if self.profile_request.is_some() => Some(Waiting::Profile),
            Login::Idle => (is_loading && self.options.loads_profile).then_some(Waiting::Profile),
        }
    }

    /// For how long.
    pub fn patience(&self) -> Patience {
        self.patience
    }

    /// Whether the browser has no network.
    pub fn is_offline(&self) -> bool {
        self.is_offline
    }
}
