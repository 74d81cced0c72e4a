//! The stacks that the tests run against, each of which is started when the first test wants it.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use tests::emulator::Service;
use tests::process::Output;
use tests::stack::{Plan, Ports, Provider, Stack};
use tests::tools::Toolbox;
use tokio::sync::OnceCell;

/// Which providers there are.
#[derive(Clone, Copy, Debug)]
pub enum Providers {
    AniApi,
    /// All that there are emulators of, at once.
    All,
}

pub struct Stacks {
    toolbox: Toolbox,
    site: PathBuf,
    /// Where the functions' logs go.
    folder: PathBuf,
    of_aniapi: OnceCell<Arc<Stack>>,
    of_all: OnceCell<Arc<Stack>>,
}

impl Stacks {
    pub fn new(toolbox: Toolbox, site: PathBuf, folder: PathBuf) -> Self {
        Self { toolbox, site, folder, of_aniapi: OnceCell::new(), of_all: OnceCell::new() }
    }

    /// The stack with these providers.
    pub async fn with(&self, providers: Providers) -> Result<Arc<Stack>> {
        let (stack, services, log) = match providers {
            Providers::AniApi => (&self.of_aniapi, vec![Service::AniApi], "function.log"),
            Providers::All => (&self.of_all, Service::ALL.to_vec(), "function-of-all.log"),
        };
        let start = || async {
            let provider = Provider::Emulated(services);
            let output = Output::File(self.folder.join(log));
            let plan = Plan { ports: Ports::FREE, site: self.site.clone(), provider, output, reload: false };
            Stack::start(&self.toolbox, plan).await.map(Arc::new)
        };
        stack.get_or_try_init(start).await.cloned()
    }

    /// Ends those that were started, and waits until they have ended.
    pub async fn stop(self) {
        for stack in [self.of_aniapi, self.of_all].into_iter().filter_map(OnceCell::into_inner) {
            if let Some(stack) = Arc::into_inner(stack) {
                stack.stop().await;
            }
        }
    }
}
