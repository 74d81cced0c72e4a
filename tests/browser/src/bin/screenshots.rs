//! `cargo xtask screenshots`: pictures of every state, for review. Takes the folder of the built site, and the folder
//! for the pictures.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use browser::driver::{Driver, Engine};
use browser::screenshots;
use browser::stacks::{Setting, Stacks};
use xtask::tools::{self, Tool};
use xtask::workspace;

#[tokio::main]
async fn main() -> Result<()> {
    let mut folders = std::env::args_os().skip(1).map(PathBuf::from);
    let mut folder = |what| folders.next().context(what);
    let (site, pictures) =
        (folder("the folder of the site is missing")?, folder("the folder for the pictures is missing")?);
    let log = workspace().join("target/e2e");
    let toolbox = tools::ensure(&[Tool::Chromium, Tool::CargoLambda])?;
    let driver = Driver::start(Engine::Chromium, &toolbox, &log).await?;
    let stacks = Stacks::new(toolbox, site, log);
    let stack = stacks.with(Setting::AniApi).await?;
    screenshots::take(&stack, &driver, &pictures).await?;
    drop(stack);
    stacks.stop().await;
    Ok(())
}
