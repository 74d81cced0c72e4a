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
    /// The example of an app that takes the login over, with AniAPI.
    OwnApp,
    /// The same with `leptos_router`.
    OwnAppRouter,
}

pub struct Stacks {
    toolbox: Toolbox,
    site: PathBuf,
    /// Where the functions' logs go.
    folder: PathBuf,
    of_aniapi: OnceCell<Arc<Stack>>,
    of_all: OnceCell<Arc<Stack>>,
    of_own_app: OnceCell<Arc<Stack>>,
    of_own_app_router: OnceCell<Arc<Stack>>,
}

impl Stacks {
    pub fn new(toolbox: Toolbox, site: PathBuf, folder: PathBuf) -> Self {
        Self {
            toolbox,
            site,
            folder,
            of_aniapi: OnceCell::new(),
            of_all: OnceCell::new(),
            of_own_app: OnceCell::new(),
            of_own_app_router: OnceCell::new(),
        }
    }

    /// The stack of that setting.
    pub async fn with(&self, setting: Setting) -> Result<Arc<Stack>> {
        let (stack, services, log) = match setting {
            Setting::AniApi => (&self.of_aniapi, vec![Service::AniApi], "function.log"),
            Setting::AllProviders => (&self.of_all, Service::ALL.to_vec(), "function-of-all.log"),
            Setting::OwnApp => (&self.of_own_app, vec![Service::AniApi], "function-of-own-app.log"),
            Setting::OwnAppRouter => (&self.of_own_app_router, vec![Service::AniApi], "function-of-own-app-router.log"),
        };
        let start = || async {
            let site = match setting {
                Setting::OwnApp => own_app::build()?,
                Setting::OwnAppRouter => own_app::build_with_router()?,
                Setting::AniApi | Setting::AllProviders => self.site.clone(),
            };
            let provider = Provider::Emulated(services);
            let output = Output::File(self.folder.join(log));
            let plan = Plan { ports: Ports::FREE, site, provider, output, reload: false };
            Stack::start(&self.toolbox, plan).await.map(Arc::new)
        };
        stack.get_or_try_init(start).await.cloned()
    }

    /// Ends those that were started, and waits until they have ended.
    pub async fn stop(self) {
        let started = [self.of_aniapi, self.of_all, self.of_own_app, self.of_own_app_router];
        for stack in started.into_iter().filter_map(OnceCell::into_inner) {
            if let Some(stack) = Arc::into_inner(stack) {
                stack.stop().await;
            }
        }
    }
}
