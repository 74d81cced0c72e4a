//! The attacker wants to read the code where addresses end up: `Referer`, the history, what the page loads, its title, the
//! console. RFC 9700, 4.2 and 4.3. What stops it: the address is scrubbed before the app makes any request, and no
//! referrer is sent from any of our pages.

use anyhow::{Context as _, Result, ensure};
use emulator::aniapi::{Endpoint, Fault};
use serde_json::json;

use browser::world::{PERSON, World};

pub async fn the_address_holds_neither_code_nor_state_before_anything_is_sent(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    let code = world.emulator().issue_code(PERSON);
    // The exchange stays on its way, so the page is seen as it is while the code is sent.
    world.emulator().misbehave(Endpoint::Token, Fault::NeverAnswer);
    world.open(&format!("/auth?code={code}&state={state}")).await?;
    world.until_there("the exchange", |world| world.site().exchanges() == 1).await?;
    ensure!(world.place().await? == "/auth", "at {}", world.place().await?);
    world.find("[role=status]").await?;
    for request in world.site().calls() {
        let referer = request.headers.get("referer");
        ensure!(referer.is_none(), "{referer:?}");
    }
    Ok(())
}

pub async fn a_login_leaves_neither_code_nor_state_anywhere(world: World) -> Result<()> {
    world.open("/?page=2").await?;
    let state = world.begin().await?;
    let code = world.emulator().issue_code(PERSON);
    world.site().forget();
    world.keep_no_cache().await?;
    world.open(&format!("/auth?code={code}&state={state}")).await?;
    world.is_greeted().await?;
    world.until("the avatar is painted", "return document.querySelector('img.avatar')?.naturalWidth > 0").await?;

    // The document itself is asked for with them: that is how they arrive. Nothing after it may tell them again, but for
    // the body of the exchange.
    let requests = world.site().requests();
    let (document, later) = requests.split_first().context("the callback was opened")?;
    ensure!(document.path.contains(&code) && later.len() > 4, "{requests:?}");
    for request in later {
        let told = format!("{} {:?}", request.path, request.headers);
        ensure!(!told.contains(&code) && !told.contains(&state), "{told}");
        ensure!(!request.headers.contains_key("referer"), "{told}");
    }
    for request in
        world.emulator().seen().iter().filter(|request| request.path != world.emulator().path(Endpoint::Authorize))
    {
        let is_the_exchange = request.path == world.emulator().path(Endpoint::Token);
        let told = format!("{request:?}");
        ensure!(is_the_exchange || !told.contains(&code), "{told}");
        ensure!(!told.contains(&state) && request.header("referer").is_none(), "{told}");
    }

    let page = world
        .script(
            "return [
                document.title, document.referrer, document.URL, name, JSON.stringify(history.state),
                document.documentElement.outerHTML,
                ...performance.getEntriesByType('resource').map((entry) => entry.name),
            ].join()",
        )
        .await?;
    let console = format!("{:?}", world.browser.browser_log().await?);
    let history = world.browser.cdp().send_raw("Page.getNavigationHistory", json!({})).await?;
    let history: Vec<_> = history["entries"]
        .as_array()
        .context("a history has entries")?
        .iter()
        .map(|entry| format!("{} {}", entry["url"], entry["title"]))
        .collect();
    ensure!(history.len() >= 3, "{history:?}");
    // The provider's own address has the state of the request, which is used up.
    let ours = history.iter().filter(|entry| entry.contains(&world.site().url()) && !entry.contains("/v1/oauth"));
    for told in ours.chain([&page.to_string(), &console]) {
        ensure!(!told.contains(&code) && !told.contains(&state), "{told}");
    }
    Ok(())
}
