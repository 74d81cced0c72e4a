//! The stacks of the tests, each started for the first test that needs it.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use emulator::Service;
use stack::session::{Session, SessionMode};
use stack::{Plan, Ports, Provider, Stack};
use tokio::sync::OnceCell;
use xtask::process::Output;
use xtask::tools::Toolbox;

use crate::own_app;

/// The app and its providers.
#[derive(Clone, Copy, Debug)]
pub enum Setting {
    AniApi,
    /// All emulated providers at once.
    AllProviders,
    /// Two providers whose authorization responses differ only in `iss`.
    DistinguishedByIssuer,
    /// Two providers whose authorization responses cannot be distinguished (`OAUTH_MIX_UP=accept`).
    NotDistinguished,
    /// The library's example of another app, with AniAPI.
    OwnApp,
    /// The same with `leptos_router`.
    OwnAppRouter,
    /// Such an app as Trunk builds it without settings, for one test, which deploys it.
    OwnAppPlain,
    /// A provider whose access tokens can be renewed.
    Keycloak,
}

impl Setting {
    const COUNT: usize = 8;

    fn services(self) -> Vec<Service> {
        match self {
            Self::AniApi | Self::OwnApp | Self::OwnAppRouter | Self::OwnAppPlain => vec![Service::AniApi],
            Self::AllProviders => Service::ALL.to_vec(),
            Self::Keycloak => vec![Service::Keycloak],
            Self::DistinguishedByIssuer => vec![Service::Simkl, Service::GitHub],
            Self::NotDistinguished => vec![Service::AniList, Service::MyAnimeList],
        }
    }

    /// The name of the function's log.
    fn log(self, mode: SessionMode) -> String {
        let name = match self {
            Self::AniApi => "function",
            Self::AllProviders => "function-of-all",
            Self::Keycloak => "function-of-keycloak",
            Self::DistinguishedByIssuer => "function-distinguished-by-issuer",
            Self::NotDistinguished => "function-not-distinguished",
            Self::OwnApp => "function-of-own-app",
            Self::OwnAppRouter => "function-of-own-app-router",
            Self::OwnAppPlain => "function-of-own-app-plain",
        };
        match mode {
            SessionMode::Tab => format!("{name}.log"),
            other => format!("{name}-{}.log", other.as_str()),
        }
    }
}

/// The session keys of the modes `cookie` and `proxy`. They are the same in each run, so that a test can search for
/// them.
pub const SESSION_KEYS: [&str; 2] = ["e2e-cookie-key_0123456789abcdefghij", "e2e-proxy-key_0123456789abcdefghijk"];

/// A session mode with its key.
fn session(mode: SessionMode) -> Session {
    match mode {
        SessionMode::Tab => Session::TAB,
        SessionMode::Cookie => Session { mode, key: || Ok(SESSION_KEYS[0].to_owned()) },
        SessionMode::Proxy => Session { mode, key: || Ok(SESSION_KEYS[1].to_owned()) },
    }
}

pub struct Stacks {
    toolbox: Toolbox,
    site: PathBuf,
    /// The folder for the functions' logs.
    folder: PathBuf,
    /// For each setting, a stack for each session mode.
    started: [[OnceCell<Arc<Stack>>; 3]; Setting::COUNT],
}

impl Stacks {
    pub fn new(toolbox: Toolbox, site: PathBuf, folder: PathBuf) -> Self {
        Self { toolbox, site, folder, started: Default::default() }
    }

    /// The stack of this setting in `tab` mode.
    pub async fn with(&self, setting: Setting) -> Result<Arc<Stack>> {
        self.in_mode(setting, SessionMode::Tab).await
    }

    /// The stack of this setting in this session mode.
    pub async fn in_mode(&self, setting: Setting, mode: SessionMode) -> Result<Arc<Stack>> {
        let start = || async {
            let site = match setting {
                Setting::OwnApp => own_app::build()?,
                Setting::OwnAppRouter => own_app::build_with_router()?,
                Setting::OwnAppPlain => own_app::build_plain()?,
                _ => self.site.clone(),
            };
            let own_redirect_uris = matches!(setting, Setting::AllProviders);
            let provider = Provider::Emulated { services: setting.services(), own_redirect_uris };
            let output = Output::File(self.folder.join(setting.log(mode)));
            let session = session(mode);
            let plan = Plan { ports: Ports::FREE, site, provider, session, output, reload: false };
            Stack::start(&self.toolbox, plan).await.map(Arc::new)
        };
        self.started[setting as usize][mode as usize].get_or_try_init(start).await.cloned()
    }

    /// Stops the started stacks, and waits until they have ended.
    pub async fn stop(self) {
        for stack in self.started.into_iter().flatten().filter_map(OnceCell::into_inner) {
            if let Some(stack) = Arc::into_inner(stack) {
                stack.stop().await;
            }
        }
    }
}
