//! Every state that a person can see the app in, and how to get there. What looks at the app goes through all of them.

use std::pin::Pin;

use anyhow::{Context as _, Result};
use emulator::aniapi::{Endpoint, Fault};
use serde_json::json;

use crate::canned::Canned;
use crate::world::{LOG_IN, PASSWORD, PERSON, World};

const UNVERIFIED: &str = "unverified@aniapi.test";

/// What keeps a state as it is while somebody looks.
pub type Held = Vec<Canned>;

type Reach = for<'w> fn(&'w World) -> Pin<Box<dyn Future<Output = Result<Held>> + 'w>>;

macro_rules! states {
    ($($name:literal: $reach:ident,)*) => {
        &[$(($name, (|world| Box::pin($reach(world))) as Reach)),*]
    };
}

/// The name of each, and the way to it.
pub const STATES: &[(&str, Reach)] = states! {
    "signed-out": signed_out,
    "one-moment": one_moment,
    "leaving": leaving,
    "logging-in": logging_in,
    "slow": slow,
    "signed-in": signed_in,
    "loading-profile": loading_profile,
    "no-profile": no_profile,
    "not-verified": not_verified,
    "cancelled": cancelled,
    "provider-down": provider_down,
    "not-registered": not_registered,
    "function-down": function_down,
    "offline": offline,
    "not-found": not_found,
    "not-started": not_started,
    "crashed": crashed,
};

/// Looks at each state, as somebody who was never here before.
pub async fn each(world: &World, look: impl AsyncFn(&str) -> Result<()>) -> Result<()> {
    for (name, reach) in STATES {
        let held = reach(world).await.with_context(|| format!("reaching {name}"))?;
        look(name).await?;
        drop(held);
        leave(world).await?;
    }
    Ok(())
}

/// As somebody who was never here.
pub async fn leave(world: &World) -> Result<()> {
    let cdp = world.browser.cdp();
    let on = json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    cdp.send_raw("Network.emulateNetworkConditions", on).await?;
    cdp.send_raw("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    world.emulator().reset();
    world.site().point_at(&world.stack.function_url);
    world.open("/anywhere").await?;
    world.script("sessionStorage.clear(); localStorage.clear()").await?;
    Ok(())
}

async fn signed_out(world: &World) -> Result<Held> {
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    Ok(Vec::new())
}

/// A function that never answers.
async fn silent(world: &World) -> Result<Held> {
    let silent = Canned::silent().await?;
    world.site().point_at(silent.url());
    Ok(vec![silent])
}

async fn one_moment(world: &World) -> Result<Held> {
    let held = silent(world).await?;
    world.keep_no_cache().await?;
    world.open("/").await?;
    world.find("[role=status]:not(#shell):not(:empty)").await?;
    Ok(held)
}

/// A provider whose answer leaves the browser where it is: no content.
async fn leaving(world: &World) -> Result<Held> {
    world.open("/anywhere").await?;
    let fetch = "const done = arguments[0]; fetch('/api/config').then((answer) => answer.json()).then(done)";
    let mut config = world.browser.execute_async(fetch, vec![]).await?.json().clone();
    let nowhere = Canned::start(Canned::html(204, "")).await?;
    config["providers"][0]["authorize_url"] = json!(nowhere.url());
    let canned = Canned::start(Canned::json(200, &config.to_string())).await?;
    world.site().point_at(canned.url());
    world.keep_no_cache().await?;
    world.open("/").await?;
    world.press(LOG_IN).await?;
    world.sees("Going to the login page").await?;
    Ok(vec![nowhere, canned])
}

async fn logging_in(world: &World) -> Result<Held> {
    world.open("/").await?;
    let state = world.begin().await?;
    let code = world.emulator().issue_code(PERSON);
    let held = silent(world).await?;
    world.open(&format!("/auth?code={code}&state={state}")).await?;
    world.find("[role=status]:not(#shell):not(:empty)").await?;
    Ok(held)
}

async fn slow(world: &World) -> Result<Held> {
    let held = logging_in(world).await?;
    world.sees("This takes longer than usual").await?;
    world.sees_not("To the front page").await?;
    world.find("main a[href='/']").await?;
    Ok(held)
}

async fn signed_in(world: &World) -> Result<Held> {
    world.log_in().await?;
    // With the picture.
    let is_loaded = "const picture = document.querySelector('.avatar'); return !picture || picture.complete";
    world.until("the picture is there", is_loaded).await?;
    Ok(Vec::new())
}

async fn loading_profile(world: &World) -> Result<Held> {
    world.open("/").await?;
    world.begin().await?;
    world.emulator().misbehave(Endpoint::Profile, Fault::NeverAnswer);
    world.give(PERSON, PASSWORD).await?;
    world.sees("Loading your profile").await?;
    Ok(Vec::new())
}

async fn no_profile(world: &World) -> Result<Held> {
    world.open("/").await?;
    world.begin().await?;
    world.emulator().misbehave(Endpoint::Profile, Fault::Status(500));
    world.give(PERSON, PASSWORD).await?;
    world.is_alerted("Your profile could not be loaded").await?;
    Ok(Vec::new())
}

async fn not_verified(world: &World) -> Result<Held> {
    world.open("/").await?;
    world.begin().await?;
    world.give(UNVERIFIED, PASSWORD).await?;
    world.is_alerted("e-mail address is not verified").await?;
    Ok(Vec::new())
}

async fn cancelled(world: &World) -> Result<Held> {
    world.open("/").await?;
    let state = world.begin().await?;
    world.open(&format!("/auth?error=access_denied&state={state}")).await?;
    world.is_alerted("cancelled").await?;
    Ok(Vec::new())
}

async fn provider_down(world: &World) -> Result<Held> {
    world.open("/").await?;
    world.begin().await?;
    world.emulator().misbehave(Endpoint::Token, Fault::Reset);
    world.give(PERSON, PASSWORD).await?;
    world.is_alerted("The provider could not be reached").await?;
    Ok(Vec::new())
}

async fn not_registered(world: &World) -> Result<Held> {
    let refusal = json!({
        "error": "redirect_uri_not_allowed", "message": "x", "retry": "no", "request_id": "8c7f2f4e-1b1a-4f0e-9c55-0d8f4b1a2c3d"
    });
    world.open("/").await?;
    let state = world.begin().await?;
    let canned = Canned::start(Canned::json(400, &refusal.to_string())).await?;
    world.site().point_at(canned.url());
    world.open(&format!("/auth?code=c&state={state}")).await?;
    world.is_alerted("not registered").await?;
    Ok(vec![canned])
}

async fn function_down(world: &World) -> Result<Held> {
    let canned = Canned::start(Canned::html(502, "<h1>502</h1>")).await?;
    world.site().point_at(canned.url());
    world.keep_no_cache().await?;
    world.open("/").await?;
    world.is_alerted("not answering properly").await?;
    Ok(vec![canned])
}

async fn offline(world: &World) -> Result<Held> {
    let held = one_moment(world).await?;
    let off = json!({ "offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    world.browser.cdp().send_raw("Network.emulateNetworkConditions", off).await?;
    world.sees("You are offline").await?;
    Ok(held)
}

async fn not_found(world: &World) -> Result<Held> {
    world.open("/anywhere").await?;
    world.sees("not found").await?;
    Ok(Vec::new())
}

async fn not_started(world: &World) -> Result<Held> {
    world.keep_no_cache().await?;
    world.browser.cdp().send_raw("Network.setBlockedURLs", json!({ "urls": ["*.wasm"] })).await?;
    world.open("/").await?;
    world.sees("The app could not start").await?;
    Ok(Vec::new())
}

/// The next element that the app makes cannot be made, which Leptos does not expect: it panics.
async fn crashed(world: &World) -> Result<Held> {
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    world.script(CRASH).await?;
    world.script("history.pushState(null, '', '/anywhere'); dispatchEvent(new PopStateEvent('popstate'))").await?;
    world.sees("The app has crashed").await?;
    Ok(Vec::new())
}

/// What makes the app panic when it shows something else.
pub const CRASH: &str = "const real = document.createElement;
    document.createElement = function () { document.createElement = real; throw new Error('no element') };
    addEventListener('error', ({ error }) => { window.crash = error.stack });
    addEventListener('unhandledrejection', ({ reason }) => { window.crash = reason.stack })";
