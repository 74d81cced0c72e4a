//! A provider or a function that is down, broken or refuses: each case has a text and a way forward.

use std::io::Write as _;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use emulator::aniapi::{Endpoint, Fault, Refusal};

use browser::states::STATES;
use browser::world::{PASSWORD, PERSON, World};
use xtask::documented;

pub async fn profile_that_failed_to_load_can_be_loaded_again(world: World) -> Result<()> {
    for fault in [Fault::Reset, Fault::Busy { retry_after: None }, Fault::Status(500)] {
        world.emulator().reset();
        world.open("/").await?;
        world.begin().await?;
        world.emulator().misbehave(Endpoint::Profile, fault);
        world.give(PERSON, PASSWORD).await?;
        world.is_alerted("Your profile could not be loaded").await?;
        world.sees("You are signed in").await?;
        world.emulator().reset();
        world.press("Reload your profile").await?;
        world.is_greeted().await?;
        world.press("Log out").await?;
    }
    Ok(())
}

pub async fn provider_outage_during_the_exchange_is_reported(world: World) -> Result<()> {
    world.open("/").await?;
    world.begin().await?;
    world.emulator().misbehave(Endpoint::Token, Fault::Reset);
    world.give(PERSON, PASSWORD).await?;
    world.is_alerted("The login service could not be reached").await?;
    world.is_alerted("Request ID: ").await?;
    world.emulator().reset();
    world.press("Try again").await?;
    world.finish().await
}

pub async fn every_error_of_the_function_has_a_text(world: World) -> Result<()> {
    for (fault, sentence) in [
        (Fault::Busy { retry_after: Some(30) }, "Please wait 30 seconds before you try again"),
        (Fault::Refuse(Refusal::SecretMismatch), "rejected this app"),
        (Fault::Refuse(Refusal::CodeNotValid), "no longer accepts this login"),
        (Fault::Refuse(Refusal::SomethingBad), "sent an unexpected reply"),
        (Fault::Status(500), "sent an unexpected reply"),
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

/// The page says that it has crashed, offers to load it again, and logs a stack trace that its developer can resolve.
pub async fn crashed_app_says_so_and_its_stack_trace_can_be_resolved(world: World) -> Result<()> {
    let (_, reach) = STATES.iter().find(|(name, _)| *name == "crashed").context("there is no such state")?;
    let _held = reach(&world).await?;
    world.is_alerted("It no longer responds").await?;
    let trace = world.script("return window.crash").await?;
    let trace = trace.as_str().context("the browser has no stack trace")?.to_owned();
    ensure!(trace.contains("wasm-function["), "the site has no names: {trace}");
    let mut xtask = documented("cargo xtask trace").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    xtask.stdin.take().context("its input is not piped")?.write_all(trace.as_bytes())?;
    let output = xtask.wait_with_output()?;
    let resolved = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success() && resolved.contains("tachys") && resolved.contains("frontend"), "{resolved}");
    world.press("Reload the page").await?;
    world.sees("not found").await
}
