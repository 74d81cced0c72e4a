//! Provider and function down, broken or refusing: each is a sentence, and nobody is stuck.

use std::io::Write as _;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use emulator::aniapi::{Endpoint, Fault, Refusal};

use browser::states::STATES;
use browser::world::{PASSWORD, PERSON, World};
use xtask::documented;

pub async fn a_profile_that_does_not_load_can_be_loaded_again(world: World) -> Result<()> {
    for fault in [Fault::Reset, Fault::Busy { retry_after: None }, Fault::Status(500)] {
        world.emulator().reset();
        world.open("/").await?;
        world.begin().await?;
        world.emulator().misbehave(Endpoint::Profile, fault);
        world.give(PERSON, PASSWORD).await?;
        world.is_alerted("Your profile could not be loaded").await?;
        world.sees("You are signed in").await?;
        world.emulator().reset();
        world.press("Load the profile again").await?;
        world.is_greeted().await?;
        world.press("Log out").await?;
    }
    Ok(())
}

pub async fn a_provider_that_is_down_during_the_exchange_is_told(world: World) -> Result<()> {
    world.open("/").await?;
    world.begin().await?;
    world.emulator().misbehave(Endpoint::Token, Fault::Reset);
    world.give(PERSON, PASSWORD).await?;
    world.is_alerted("The provider could not be reached").await?;
    world.is_alerted("Request ").await?;
    world.emulator().reset();
    world.press("Try again").await?;
    world.finish().await
}

pub async fn every_refusal_of_the_function_is_a_sentence(world: World) -> Result<()> {
    for (fault, sentence) in [
        (Fault::Busy { retry_after: Some(30) }, "Please wait 30 seconds first"),
        (Fault::Refuse(Refusal::SecretMismatch), "does not accept this app’s registration"),
        (Fault::Refuse(Refusal::CodeNotValid), "does not accept this login any more"),
        (Fault::Refuse(Refusal::SomethingBad), "makes no sense"),
        (Fault::Status(500), "makes no sense"),
    ] {
        world.emulator().reset();
        world.open("/").await?;
        let state = world.begin().await?;
        let code = world.emulator().issue_code(PERSON);
        world.emulator().misbehave(Endpoint::Token, fault);
        world.open(&format!("/auth?code={code}&state={state}")).await?;
        world.is_alerted(sentence).await?;
        world.find("main button").await?;
        ensure!(world.place().await? == "/auth");
    }
    Ok(())
}

pub async fn a_site_whose_webassembly_does_not_load_says_so(world: World) -> Result<()> {
    world.open("/anywhere").await?;
    world.sees("not found").await?;
    world.browser.cdp().send_raw("Network.enable", serde_json::json!({})).await?;
    world.browser.cdp().send_raw("Network.setBlockedURLs", serde_json::json!({ "urls": ["*.wasm"] })).await?;
    world.browser.refresh().await?;
    world.sees("The app could not start").await?;
    world.is_alerted("Check your connection").await
}

/// The page says that it has crashed, offers to load it again, and leaves a trace that its operator can read.
pub async fn an_app_that_has_crashed_says_so_and_its_trace_can_be_read(world: World) -> Result<()> {
    let (_, reach) = STATES.iter().find(|(name, _)| *name == "crashed").context("there is such a state")?;
    let _held = reach(&world).await?;
    world.is_alerted("It no longer responds").await?;
    let trace = world.script("return window.crash").await?;
    let trace = trace.as_str().context("the browser gives a trace")?.to_owned();
    ensure!(trace.contains("wasm-function["), "the site has no names: {trace}");
    let mut xtask = documented("cargo xtask trace").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    xtask.stdin.take().context("it is piped")?.write_all(trace.as_bytes())?;
    let output = xtask.wait_with_output()?;
    let resolved = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success() && resolved.contains("tachys") && resolved.contains("frontend"), "{resolved}");
    world.press("Load the page again").await?;
    world.sees("not found").await
}
