//! The parts of the state of a login.

use shared::config::AppConfig;
use shared::provider::Profile;
use shared::return_path::ReturnPath;

use crate::failure::Cause;

/// How long the second click of a double click may take, in milliseconds: the default of desktop systems.
pub(super) const DOUBLE_CLICK_MS: u64 = 500;

/// Identifies a request or a wait, to match responses to requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Generation(u32);

impl Generation {
    pub(super) fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// The state of the configuration.
#[derive(Debug, PartialEq)]
pub(super) enum Config {
    Loading(Generation),
    Loaded(AppConfig),
    Failed,
}

/// What is known about the session in the cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// The function has not responded yet.
    Asking,
    /// The function has responded, so what is shown is correct.
    Known,
    /// The request failed.
    Failed,
}

/// When to retry after a temporary failure.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    /// The number of consecutive failures.
    pub(super) failures: usize,
    /// When to retry, in milliseconds since the Unix epoch.
    pub(super) at: Option<u64>,
}

impl Backoff {
    const SECONDS: [u64; 4] = [2, 5, 15, 60];

    /// Counts a failure and schedules the retry, not before `retry_at`.
    pub(super) fn failed(&mut self, now: u64, retry_at: Option<u64>) {
        let seconds = Self::SECONDS[self.failures.min(Self::SECONDS.len() - 1)];
        self.failures += 1;
        self.at = Some((now + seconds * 1000).max(retry_at.unwrap_or_default()));
    }
}

/// A login in progress.
#[derive(Debug, PartialEq)]
pub(super) enum Login {
    /// No login is in progress.
    Idle,
    /// The login starts as soon as the configuration is loaded.
    Wanted(Attempt),
    /// The authorization request is being made.
    Preparing(Generation, Attempt),
    /// The browser is navigating to the provider.
    Leaving(Attempt),
    /// The code is being exchanged.
    Finishing(Generation, Attempt),
}

/// A login that the person wants.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The provider.
    pub choice: Choice,
    /// The page to return to.
    pub return_to: ReturnPath,
}

/// A choice of provider.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// The provider with that id.
    Provider(String),
    /// The first provider in the configuration.
    First,
    /// Unknown: if there are several, the person chooses on the home page.
    Ask,
}

/// Why the person is not signed in, and how to retry.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) cause: Cause,
    pub(super) retry: Retry,
    /// The earliest time for a retry, in milliseconds since the Unix epoch.
    pub(super) retry_at: Option<u64>,
}

/// What a retry does.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Retry {
    No,
    /// Request what is not loaded: the configuration, the session, or both.
    Load,
    LogIn(Attempt),
}

/// How long a wait has lasted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Patience {
    /// Less than two seconds: as expected.
    #[default]
    Fresh,
    /// Two seconds or more: show a message.
    Slow,
    /// Ten seconds or more: offer a way out.
    Over,
}

/// What the person is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Waiting {
    /// The app's configuration.
    Config,
    /// The response that reports whether the person is signed in.
    Session,
    /// The provider's login page, which the browser is opening.
    Leaving,
    /// The end of the login.
    Finishing,
    /// The profile.
    Profile,
}

/// The state of the person's profile.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ProfileState {
    /// Not requested yet, or being loaded for the first time.
    Loading,
    /// Loaded.
    Loaded(Profile),
    /// The provider has no profile that a browser may request.
    Absent,
    /// The person is signed in, but has not verified their e-mail address with the provider yet.
    EmailNotVerified,
    /// The person is signed in, but the profile could not be loaded.
    Failed,
}
