//! What a login in this tab consists of. It is one value, so that what belongs together changes together.

use leptos::prelude::TimeoutHandle;
use shared::config::AppConfig;
use shared::provider::Profile;
use shared::return_path::ReturnPath;

use crate::browser;
use crate::callback::{Received, Refused};
use crate::failure::Failure;
use crate::session::Session;

pub(super) struct State {
    pub(super) session: Option<Session>,
    /// Whether the browser keeps the session; if not, it is only in memory.
    pub(super) is_kept: bool,
    pub(super) profile: ProfileState,
    pub(super) config: ConfigState,
    pub(super) failure: Option<Failure>,
    pub(super) leaving: bool,
    /// The login to begin as soon as the configuration is there.
    pub(super) wanted: Option<Wanted>,
    pub(super) path: String,
    /// The callback that the page was opened with. It is taken once.
    pub(super) received: Option<Received>,
    pub(super) refused: Option<Refused>,
    pub(super) expiry_timer: Option<TimeoutHandle>,
    /// How long the person has been waiting for what is on its way.
    pub(super) patience: Patience,
    /// Counts what was waited for, so that a clock of the one before says nothing of this one.
    pub(super) waits: u32,
    pub(super) is_offline: bool,
    /// Whether the number of the request that failed was copied.
    pub(super) is_copied: bool,
}

/// How long something takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Patience {
    /// As long as things take.
    Fresh,
    /// Two seconds and more: worth a word.
    Slow,
    /// Ten seconds and more: worth a way out.
    Over,
}

/// A login to begin: with which provider, to come back to where.
pub(super) struct Wanted {
    pub(super) provider: Option<String>,
    pub(super) return_to: ReturnPath,
}

/// `/api/config`, as far as it has come.
pub(super) enum ConfigState {
    Loading,
    Loaded(AppConfig),
    Failed(Failure),
}

/// The profile of the person, as far as it has come.
#[derive(Clone, Debug, PartialEq)]
pub enum ProfileState {
    /// Not asked for yet, or on its way.
    Loading,
    /// There it is.
    Loaded(Profile),
    /// The provider has none that a browser may ask for.
    Nameless,
    /// The person is signed in, but has yet to verify their e-mail address with the provider.
    EmailNotVerified,
    /// The person is signed in, but the profile did not load.
    Failed,
}

impl State {
    pub(super) fn new(received: Option<Received>) -> Self {
        Self {
            session: None,
            is_kept: true,
            profile: ProfileState::Loading,
            config: ConfigState::Loading,
            failure: None,
            leaving: false,
            wanted: None,
            path: browser::path(),
            received,
            refused: None,
            expiry_timer: None,
            patience: Patience::Fresh,
            waits: 0,
            is_offline: browser::is_offline(),
            is_copied: false,
        }
    }
}
