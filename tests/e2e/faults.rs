//! Provider and function down, broken or refusing: each is a sentence, and nobody is stuck.

use anyhow::{Result, ensure};
use tests::aniapi::{Endpoint, Fault, Refusal};

use crate::world::{LOG_IN, PASSWORD, PERSON, World};

/// Where nobody listens.
const NOBODY: &str = "http://127.0.0.1:1";

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
        (Fault::Refuse(Refusal::SecretMismatch), "does not accept this app's registration"),
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

pub async fn a_function_that_is_down_is_told_and_can_be_tried_again(world: World) -> Result<()> {
    world.site().point_at(NOBODY);
    world.open("/").await?;
    world.is_alerted("not answering properly").await?;
    world.site().point_at(&world.stack.function_url);
    world.press("Try again").await?;
    world.finish().await
}

pub async fn a_function_that_goes_down_during_a_login_is_told(world: World) -> Result<()> {
    world.open("/").await?;
    world.begin().await?;
    world.site().point_at(NOBODY);
    world.give(PERSON, PASSWORD).await?;
    world.is_alerted("not answering properly").await?;
    world.site().point_at(&world.stack.function_url);
    world.press("Try again").await?;
    world.finish().await
}

/// The same page by its other name is another origin, which nobody has registered.
pub async fn an_origin_that_is_not_registered_is_told_before_anybody_is_sent_away(world: World) -> Result<()> {
    let other_origin = world.site().url().replace("localhost", "127.0.0.1");
    world.browser.goto(&other_origin).await?;
    world.press(LOG_IN).await?;
    world.is_alerted("This address is not registered for logging in").await?;
    ensure!(world.browser.current_url().await?.as_str().starts_with(&other_origin));
    ensure!(world.emulator().seen().is_empty());
    Ok(())
}

pub async fn a_browser_that_keeps_nothing_is_told(world: World) -> Result<()> {
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    world.script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }").await?;
    world.press(LOG_IN).await?;
    world.is_alerted("does not let this page keep anything").await?;
    ensure!(world.emulator().seen().is_empty(), "nobody is sent away who could not come back");
    Ok(())
}

/// There is room for the pending login, and none for the session: the person is signed in until the next reload.
pub async fn a_browser_whose_storage_is_full_at_the_end_signs_in_for_this_page(world: World) -> Result<()> {
    let cdp = world.browser.cdp();
    let full = "const set = Storage.prototype.setItem; Storage.prototype.setItem = function (key, value) {
        if (key.endsWith('.session')) throw new DOMException('full', 'QuotaExceededError');
        set.call(this, key, value);
    }";
    cdp.send_raw("Page.addScriptToEvaluateOnNewDocument", serde_json::json!({ "source": full })).await?;
    world.log_in().await?;
    world.script("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))").await?;
    world.is_greeted().await?;
    world.press("Log out").await?;
    world.sees(LOG_IN).await
}

pub async fn a_site_whose_webassembly_does_not_load_says_so(world: World) -> Result<()> {
    world.open("/anywhere").await?;
    world.sees("not found").await?;
    world.browser.cdp().send_raw("Network.enable", serde_json::json!({})).await?;
    world.browser.cdp().send_raw("Network.setBlockedURLs", serde_json::json!({ "urls": ["*.wasm"] })).await?;
    world.browser.refresh().await?;
    world.is_alerted("The app could not start").await
}
