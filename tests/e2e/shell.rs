//! The shell: what is painted before the app has loaded, and if it does not load.

use anyhow::{Result, ensure};
use browser::world::{LOG_IN, World};
use serde_json::{Value, json};

/// The text of the first frame.
const FIRST: &str = "requestAnimationFrame(() => {
    window.shell = document.getElementById('shell') ? document.body.innerText.replace(/\\s+/g, ' ').trim() : null;
});";

/// In the person's language and state. If the stored hint is wrong, the shell shows no button that would have to
/// disappear.
pub async fn shell_matches_the_persons_language_and_state(world: World) -> Result<()> {
    world.on_every_page(FIRST).await?;
    says(&world, "/", "Log in").await?;
    world.log_in().await?;
    says(&world, "/", "You are signed in").await?;
    let ends = world.script("return JSON.parse(localStorage.getItem('aniapi-login.hint')).end > Date.now()").await?;
    ensure!(ends == true, "the hint does not say when the session ends");

    let speak = json!({ "userAgent": "", "acceptLanguage": "de" });
    world.browser.cdp().send_raw("Emulation.setUserAgentOverride", speak).await?;
    says(&world, "/", "Du bist angemeldet").await?;
    // As in a new tab: the hint is wrong, and the app corrects it.
    world.script("sessionStorage.clear()").await?;
    says(&world, "/", "Du bist angemeldet").await?;
    world.find("main button").await?;
    says(&world, "/", "Anmelden").await?;
    // A session that has ended does not count.
    world.script("localStorage.setItem('aniapi-login.hint', JSON.stringify({ id: 'x', end: 1 }))").await?;
    says(&world, "/", "Anmelden").await?;
    says(&world, "/auth?code=x&state=y", "Du wirst angemeldet").await
}

/// Checks how the shell at this address begins. The app is delayed, so that the shell is visible.
async fn says(world: &World, place: &str, start: &str) -> Result<()> {
    let slow = json!({ "offline": false, "latency": 100, "downloadThroughput": 200_000, "uploadThroughput": 90_000 });
    let fast = json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    world.keep_no_cache().await?;
    world.browser.cdp().send_raw("Network.emulateNetworkConditions", slow).await?;
    world.open(place).await?;
    world.find("[role=status]:not(#shell)").await?;
    world.browser.cdp().send_raw("Network.emulateNetworkConditions", fast).await?;
    let shell = world.script("return window.shell").await?;
    ensure!(shell != Value::Null, "the shell was not visible");
    ensure!(shell.as_str().is_some_and(|shell| shell.starts_with(start)), "{place} says {shell} instead of {start}");
    Ok(())
}

/// Whichever script is missing, the page explains the failure without scripts.
pub async fn shell_explains_a_missing_app(world: World) -> Result<()> {
    world.keep_no_cache().await?;
    for script in ["*start-*", "*.js"] {
        let blocked = json!({ "urls": [script] });
        world.browser.cdp().send_raw("Network.setBlockedURLs", blocked).await?;
        world.open("/").await?;
        world.sees("One moment").await?;
        world.sees_not("is not starting").await?;
        let is_shown = "return getComputedStyle(document.querySelector('.late')).visibility === 'visible'";
        world.until("the explanation is visible", is_shown).await?;
        world.sees("The app is not starting").await?;
    }
    world.browser.cdp().send_raw("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    world.find(".late a[lang=en]").await?.click().await?;
    world.sees(LOG_IN).await
}

/// The console has the reason.
pub async fn failed_start_is_logged_to_the_console(world: World) -> Result<()> {
    world
        .on_every_page(
            "const log = console.error; console.error = (...all) => { window.logged = String(all[0]); log(...all) }",
        )
        .await?;
    world.on_every_page("WebAssembly.instantiate = () => { throw new Error('no memory left') }").await?;
    world.open("/").await?;
    world.is_alerted("Check your connection").await?;
    ensure!(world.script("return window.logged").await? == "Error: no memory left");
    Ok(())
}
