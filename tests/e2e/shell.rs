//! What is painted before the app is there, and what becomes of it if the app does not come.

use anyhow::{Result, ensure};
use browser::world::{LOG_IN, World};
use serde_json::{Value, json};

/// What a person reads in the first frame.
const FIRST: &str = "requestAnimationFrame(() => {
    window.shell = document.getElementById('shell') ? document.body.innerText.replace(/\\s+/g, ' ').trim() : null;
});";

/// In their language and in their state. A hint that is wrong shows nothing to press that would have to go again.
pub async fn the_shell_is_that_of_the_person(world: World) -> Result<()> {
    world.on_every_page(FIRST).await?;
    says(&world, "/", "Sign in").await?;
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
    // A session that has ended is none.
    world.script("localStorage.setItem('aniapi-login.hint', JSON.stringify({ id: 'x', end: 1 }))").await?;
    says(&world, "/", "Anmelden").await?;
    says(&world, "/auth?code=x&state=y", "Du wirst angemeldet").await
}

/// The shell of that address starts with this. The app comes late, so that it is seen.
async fn says(world: &World, place: &str, start: &str) -> Result<()> {
    let slow = json!({ "offline": false, "latency": 100, "downloadThroughput": 200_000, "uploadThroughput": 90_000 });
    let fast = json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    world.keep_no_cache().await?;
    world.browser.cdp().send_raw("Network.emulateNetworkConditions", slow).await?;
    world.open(place).await?;
    world.find("[role=status]:not(#shell)").await?;
    world.browser.cdp().send_raw("Network.emulateNetworkConditions", fast).await?;
    let shell = world.script("return window.shell").await?;
    ensure!(shell != Value::Null, "the shell was not seen");
    ensure!(shell.as_str().is_some_and(|shell| shell.starts_with(start)), "{place} says {shell} and not {start}");
    Ok(())
}

/// Whatever has happened to the scripts: the page explains itself without any.
pub async fn the_shell_explains_itself_if_the_app_does_not_come(world: World) -> Result<()> {
    world.keep_no_cache().await?;
    for script in ["*start-*", "*.js"] {
        let blocked = json!({ "urls": [script] });
        world.browser.cdp().send_raw("Network.setBlockedURLs", blocked).await?;
        world.open("/").await?;
        world.sees("One moment").await?;
        world.sees_not("does not start").await?;
        let is_shown = "return getComputedStyle(document.querySelector('.late')).visibility === 'visible'";
        world.until("the page explains itself", is_shown).await?;
        world.sees("The app does not start").await?;
    }
    world.browser.cdp().send_raw("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    world.find(".late a[lang=en]").await?.click().await?;
    world.sees(LOG_IN).await
}

/// Why it did not start is in the console.
pub async fn a_start_that_fails_is_in_the_console(world: World) -> Result<()> {
    world
        .on_every_page(
            "const log = console.error; console.error = (...all) => { window.told = String(all[0]); log(...all) }",
        )
        .await?;
    world.on_every_page("WebAssembly.instantiate = () => { throw new Error('no memory left') }").await?;
    world.open("/").await?;
    world.is_alerted("Check your connection").await?;
    ensure!(world.script("return window.told").await? == "Error: no memory left");
    Ok(())
}
