//! Every state of the app that a person can see, and how to reach it. Tests of appearance go through all of them.

use std::pin::Pin;

use anyhow::{Context as _, Result};
use emulator::aniapi::{Endpoint, Fault};
use serde_json::{Value, json};

use crate::canned::Canned;
use crate::world::{LOG_IN, PASSWORD, PERSON, World};

const UNVERIFIED: &str = "unverified@aniapi.test";

/// Keeps a state unchanged while it is examined.
pub type Held = Vec<Canned>;

type Reach = for<'w> fn(&'w World) -> Pin<Box<dyn Future<Output = Result<Held>> + 'w>>;

macro_rules! states {
    ($($name:literal: $reach:ident,)*) => {
        &[$(($name, (|world| Box::pin($reach(world))) as Reach)),*]
    };
}

/// The name of each state, and how to reach it.
pub const STATES: &[(&str, Reach)] = states! {
    "signed-out": signed_out,
    "one-moment": one_moment,
    "leaving": leaving,
    "logging-in": logging_in,
    "slow": slow,
    "signed-in": signed_in,
    "logged-out": logged_out,
    "session-expected": session_expected,
    "session-unknown": session_unknown,
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

/// Calls `look` in each state, starting from a clean browser each time.
pub async fn each(world: &World, look: impl AsyncFn(&str) -> Result<()>) -> Result<()> {
    for (name, reach) in STATES {
        let held = reach(world).await.with_context(|| format!("reaching {name}"))?;
        look(name).await?;
        drop(held);
        leave(world).await?;
    }
    Ok(())
}

/// Resets the browser and the stack, as for a first visit.
pub async fn leave(world: &World) -> Result<()> {
    let cdp = world.browser.cdp();
    let on = json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    cdp.send_raw("Network.emulateNetworkConditions", on).await?;
    cdp.send_raw("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    world.emulator().reset();
    world.site().point_at(&world.stack.function_url);
    world.open("/anywhere").await?;
    world.script("sessionStorage.clear(); localStorage.clear()").await?;
    world.delete_session_cookies().await
}

async fn signed_out(world: &World) -> Result<Held> {
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    Ok(Vec::new())
}

/// A function that never responds.
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

/// A function that answers every request with its configuration, after a change.
async fn configured(world: &World, change: impl FnOnce(&mut Value)) -> Result<Canned> {
    world.open("/anywhere").await?;
    let fetch = "const done = arguments[0]; fetch('/api/config').then((answer) => answer.json()).then(done)";
    let mut config = world.browser.execute_async(fetch, vec![]).await?.json().clone();
    change(&mut config);
    let canned = Canned::start(Canned::json(200, &config.to_string())).await?;
    world.site().point_at(canned.url());
    world.keep_no_cache().await?;
    Ok(canned)
}

/// A provider that may still have a session of the person, and has a page for logging out.
async fn logged_out(world: &World) -> Result<Held> {
    world.log_in().await?;
    let logout_url = format!("{}/logout", world.emulator().url());
    let canned = configured(world, |config| config["providers"][0]["logout_url"] = json!(logout_url)).await?;
    world.open("/").await?;
    world.press("Log out").await?;
    world.sees("Log out of AniAPI").await?;
    Ok(vec![canned])
}

/// A person who was signed in at the last visit, and a function that has not responded yet.
async fn session_expected(world: &World) -> Result<Held> {
    world.open("/anywhere").await?;
    world
        .script("localStorage.setItem('aniapi-login.hint', JSON.stringify({ id: 'x', end: Date.now() + 9e7 }))")
        .await?;
    let held = silent(world).await?;
    world.open("/").await?;
    world.find("[role=status]:not(#shell):not(:empty)").await?;
    world.sees("You are signed in").await?;
    Ok(held)
}

/// A function whose response for the session is invalid.
async fn session_unknown(world: &World) -> Result<Held> {
    let canned = configured(world, |config| config["session"] = json!("cookie")).await?;
    world.open("/").await?;
    world.is_alerted("could not find out whether you are signed in").await?;
    Ok(vec![canned])
}

/// A provider whose response, 204 No Content, leaves the browser on the page.
async fn leaving(world: &World) -> Result<Held> {
    let nowhere = Canned::start(Canned::html(204, "")).await?;
    let canned = configured(world, |config| config["providers"][0]["authorize_url"] = json!(nowhere.url())).await?;
    world.open("/").await?;
    world.press(LOG_IN).await?;
    world.sees("Taking you to the login page").await?;
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
    world.sees("This is taking longer than usual").await?;
    world.sees_not("Go to the home page").await?;
    world.find("main a[href='/']").await?;
    Ok(held)
}

async fn signed_in(world: &World) -> Result<Held> {
    world.log_in().await?;
    // Including the picture.
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
    world.is_alerted("The login service could not be reached").await?;
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
    world.is_alerted("cannot log in at this address").await?;
    Ok(vec![canned])
}

async fn function_down(world: &World) -> Result<Held> {
    let canned = Canned::start(Canned::html(502, "<h1>502</h1>")).await?;
    world.site().point_at(canned.url());
    world.keep_no_cache().await?;
    world.open("/").await?;
    world.is_alerted("not available right now").await?;
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

/// The app's next attempt to create an element fails, which Leptos does not expect: it panics.
async fn crashed(world: &World) -> Result<Held> {
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    world.script(CRASH).await?;
    world.script("history.pushState(null, '', '/anywhere'); dispatchEvent(new PopStateEvent('popstate'))").await?;
    world.sees("The app has crashed").await?;
    Ok(Vec::new())
}

/// Makes the app panic at its next change of page.
pub const CRASH: &str = "const real = document.createElement;
    document.createElement = function () { document.createElement = real; throw new Error('no element') };
    addEventListener('error', ({ error }) => { window.crash = error.stack });
    addEventListener('unhandledrejection', ({ reason }) => { window.crash = reason.stack })";
