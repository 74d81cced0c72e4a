//! The stacks that the tests run against, each of which is started when the first test wants it.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use emulator::Service;
use stack::{Plan, Ports, Provider, Stack};
use tokio::sync::OnceCell;
use xtask::process::Output;
use xtask::tools::Toolbox;

use crate::own_app;

/// Which app there is, and with which providers.
#[derive(Clone, Copy, Debug)]
pub enum Setting {
    AniApi,
    /// All that there are emulators of, at once.
    AllProviders,
    /// Two whose answers are told apart only by `iss`.
    ToldApartByIssuer,
    /// Two whose answers cannot be told apart (`OAUTH_MIX_UP=accept`).
    NotToldApart,
    /// The example of an app that takes the login over, with AniAPI.
    OwnApp,
    /// The same with `leptos_router`.
    OwnAppRouter,
}

impl Setting {
    const COUNT: usize = 6;

    fn services(self) -> Vec<Service> {
        match self {
            Self::AniApi | Self::OwnApp | Self::OwnAppRouter => vec![Service::AniApi],
            Self::AllProviders => Service::ALL.to_vec(),
            Self::ToldApartByIssuer => vec![Service::Simkl, Service::GitHub],
            Self::NotToldApart => vec![Service::AniList, Service::MyAnimeList],
        }
    }

    /// The name of the function's log.
    fn log(self) -> &'static str {
        match self {
            Self::AniApi => "function.log",
            Self::AllProviders => "function-of-all.log",
            Self::ToldApartByIssuer => "function-told-apart-by-issuer.log",
            Self::NotToldApart => "function-not-told-apart.log",
            Self::OwnApp => "function-of-own-app.log",
            Self::OwnAppRouter => "function-of-own-app-router.log",
        }
    }
}

pub struct Stacks {
    toolbox: Toolbox,
    site: PathBuf,
    /// Where the functions' logs go.
    folder: PathBuf,
    started: [OnceCell<Arc<Stack>>; Setting::COUNT],
}

impl Stacks {
    pub fn new(toolbox: Toolbox, site: PathBuf, folder: PathBuf) -> Self {
        Self { toolbox, site, folder, started: Default::default() }
    }

    /// The stack of that setting.
    pub async fn with(&self, setting: Setting) -> Result<Arc<Stack>> {
        let start = || async {
            let site = match setting {
                Setting::OwnApp => own_app::build()?,
                Setting::OwnAppRouter => own_app::build_with_router()?,
                _ => self.site.clone(),
            };
            let own_redirect_uris = matches!(setting, Setting::AllProviders);
            let provider = Provider::Emulated { services: setting.services(), own_redirect_uris };
            let output = Output::File(self.folder.join(setting.log()));
            let plan = Plan { ports: Ports::FREE, site, provider, output, reload: false };
            Stack::start(&self.toolbox, plan).await.map(Arc::new)
        };
        self.started[setting as usize].get_or_try_init(start).await.cloned()
    }

    /// Ends those that were started, and waits until they have ended.
    pub async fn stop(self) {
        for stack in self.started.into_iter().filter_map(OnceCell::into_inner) {
            if let Some(stack) = Arc::into_inner(stack) {
                stack.stop().await;
            }
        }
    }
}
