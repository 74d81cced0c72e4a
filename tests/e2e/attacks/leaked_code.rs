//! The attacker wants to read the code in places that get addresses: `Referer`, the history, the resources of the page,
//! its title, the console (RFC 9700, 4.2 and 4.3). Defence: the address is scrubbed before the app makes any request,
//! and none of our pages sends a referrer.

use anyhow::{Context as _, Result, ensure};
use emulator::aniapi::{Endpoint, Fault};
use serde_json::json;

use browser::world::{PERSON, World};

pub async fn address_is_scrubbed_before_anything_is_sent(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    let code = world.emulator().issue_code(PERSON);
    // The exchange stays pending, so that the page can be examined while the code is being sent.
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

    // The request for the document has both: that is how they arrive. No later request may contain them, except the
    // body of the exchange.
    let requests = world.site().requests();
    let (document, later) = requests.split_first().context("there are no requests")?;
    ensure!(document.path.contains(&code) && later.len() > 4, "{requests:?}");
    for request in later {
        let sent = format!("{} {:?}", request.path, request.headers);
        ensure!(!sent.contains(&code) && !sent.contains(&state), "{sent}");
        ensure!(!request.headers.contains_key("referer"), "{sent}");
    }
    for request in
        world.emulator().seen().iter().filter(|request| request.path != world.emulator().path(Endpoint::Authorize))
    {
        let is_the_exchange = request.path == world.emulator().path(Endpoint::Token);
        let sent = format!("{request:?}");
        ensure!(is_the_exchange || !sent.contains(&code), "{sent}");
        ensure!(!sent.contains(&state) && request.header("referer").is_none(), "{sent}");
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
        .context("the history has no entries")?
        .iter()
        .map(|entry| format!("{} {}", entry["url"], entry["title"]))
        .collect();
    ensure!(history.len() >= 3, "{history:?}");
    // The provider's own address contains the state of the request, which is consumed.
    let ours = history.iter().filter(|entry| entry.contains(&world.site().url()) && !entry.contains("/v1/oauth"));
    for text in ours.chain([&page.to_string(), &console]) {
        ensure!(!text.contains(&code) && !text.contains(&state), "{text}");
    }
    Ok(())
}
