//! The login in apps of other developers: the library's examples, without a router and with one.

use anyhow::{Result, ensure};
use emulator::aniapi::{Endpoint, Fault};

use browser::canned::Canned;
use browser::late::{held, settle};
use browser::world::{LOG_IN, PASSWORD, PERSON, World};

const KNOWN: &str = "AniAPI knows you as demo@aniapi.test.";

/// Under the deployed policy, with ordinary Leptos markup.
pub async fn person_logs_in_calls_the_api_and_logs_out(world: World) -> Result<()> {
    let watch = "addEventListener('securitypolicyviolation', (event) => {
        localStorage.setItem('violation', `${event.violatedDirective} ${event.blockedURI}`);
    })";
    world.on_every_page(watch).await?;
    world.open("/?page=2#top").await?;
    world.sees("It knows who you are").await?;
    log_in(&world, PERSON).await?;
    world.sees(KNOWN).await?;
    ensure!(world.place().await? == "/?page=2#top", "at {}", world.place().await?);
    ensure!(world.site().exchanges() == 1 && world.emulator().exchanges() == 1);

    world.browser.refresh().await?;
    world.sees(KNOWN).await?;
    world.press("Log out").await?;
    world.press(LOG_IN).await?;
    world.is_at_the_provider().await?;
    let mut complaints = world.browser.browser_log().await?;
    // The example has no icon, and the edge says so.
    complaints.retain(|complaint| !complaint.message.contains("/favicon.ico"));
    ensure!(complaints.is_empty(), "{complaints:?}");
    world.open("/").await?;
    world.sees_not("demo").await?;
    // The deployed policy suits other apps, too.
    let violation = world.script("return localStorage.getItem('violation')").await?;
    ensure!(violation.is_null(), "{violation}");
    Ok(())
}

pub async fn failed_login_is_reported_and_can_be_retried(world: World) -> Result<()> {
    world.open("/?page=2").await?;
    world.press(LOG_IN).await?;
    let state = world.is_at_the_provider().await?;
    world.open(&format!("/auth?error=access_denied&state={state}")).await?;
    world.is_alerted("The login was cancelled").await?;
    let watch = "const button = document.querySelector('button');
        button.focus();
        const look = () => document.activeElement === button && button.getAttribute('aria-disabled') === 'true';
        new MutationObserver(() => localStorage.setItem('stays', look()))
            .observe(document.body, { subtree: true, childList: true, attributes: true })";
    world.script(watch).await?;
    world.press("Try again").await?;
    world.is_at_the_provider().await?;
    world.give(PERSON, PASSWORD).await?;
    world.sees(KNOWN).await?;
    ensure!(world.place().await? == "/?page=2", "at {}", world.place().await?);
    let stays = world.script("return localStorage.getItem('stays')").await?;
    ensure!(stays == "true", "the button lost the focus: {stays}");
    Ok(())
}

pub async fn token_rejected_by_aniapi_ends_the_session(world: World) -> Result<()> {
    world.open("/").await?;
    log_in(&world, PERSON).await?;
    world.sees(KNOWN).await?;
    world.tamper("leptos-login.session", "entry.access_token = 'made-up'").await?;
    world.browser.refresh().await?;
    world.is_alerted("Your session has ended").await?;
    world.sees(LOG_IN).await?;
    ensure!(world.script("return sessionStorage.getItem('leptos-login.session')").await?.is_null());
    Ok(())
}

pub async fn missing_response_or_unverified_email_leaves_the_person_signed_in(world: World) -> Result<()> {
    world.open("/").await?;
    log_in(&world, "unverified@aniapi.test").await?;
    world.sees("AniAPI does not say who you are (status 401).").await?;
    world.press("Log out").await?;

    log_in(&world, PERSON).await?;
    world.sees(KNOWN).await?;
    world.emulator().misbehave(Endpoint::Profile, Fault::Reset);
    world.browser.refresh().await?;
    world.sees("The login service could not be reached.").await?;
    world.emulator().reset();
    world.browser.refresh().await?;
    world.sees(KNOWN).await
}

/// An app that is opened after its session has expired does not send the token.
pub async fn no_request_carries_an_expired_token(world: World) -> Result<()> {
    world.open("/").await?;
    log_in(&world, PERSON).await?;
    world.sees(KNOWN).await?;
    let late = "const real = Date.now; Date.now = () => real() + 31 * 24 * 3600 * 1000";
    world.on_every_page(late).await?;
    world.emulator().reset();
    world.browser.refresh().await?;
    world.is_alerted("Your session has ended").await?;
    ensure!(world.emulator().calls().is_empty(), "{:?}", world.emulator().calls());
    Ok(())
}

/// The button is there before the configuration. After the wait has failed, a late response must not navigate away.
pub async fn abandoned_login_does_not_navigate_later(world: World) -> Result<()> {
    world.on_every_page(&held("/api/config")).await?;
    world.open("/").await?;
    world.press("Log in").await?;
    world.is_alerted("could not be reached").await?;
    world.script("window.release()").await?;
    world.sees(LOG_IN).await?;
    settle(&world).await?;
    ensure!(world.place().await? == "/" && world.emulator().calls().is_empty(), "the page navigated away");
    world.press(LOG_IN).await?;
    world.is_at_the_provider().await.map(drop)
}

/// Neither a blank page nor dead buttons.
pub async fn own_app_that_does_not_start_says_so(world: World) -> Result<()> {
    world.on_every_page("WebAssembly.instantiate = () => { throw new Error('no memory left') }").await?;
    world.open("/").await?;
    world.is_alerted("Check your connection").await
}

/// With a router, page and address agree at every step, and Back works.
pub async fn router_follows_the_login(world: World) -> Result<()> {
    const LIBRARY: &str = "The router is at /library, page 2.";
    world.open("/").await?;
    world.sees("Everybody can see this page").await?;
    world.find("nav a[href*=library]").await?.click().await?;
    world.sees(LIBRARY).await?;
    log_in(&world, PERSON).await?;
    world.sees("It belongs to demo.").await?;
    world.sees(LIBRARY).await?;
    ensure!(world.place().await? == "/library?page=2", "at {}", world.place().await?);
    world.find("nav a[href='/']").await?.click().await?;
    world.sees("Everybody can see this page").await?;
    world.browser.back().await?;
    world.sees(LIBRARY).await?;
    world.sees("It belongs to demo.").await?;
    // An old callback keeps the session, and leads to the front page.
    world.open("/auth?code=old&state=old").await?;
    world.sees("Everybody can see this page").await?;
    ensure!(world.place().await? == "/", "at {}", world.place().await?);
    world.find("nav a[href*=library]").await?.click().await?;
    world.sees("It belongs to demo.").await?;
    world.press("Log out").await?;
    world.sees(LOG_IN).await
}

/// A failure is reported at the callback, and not again on the next page.
pub async fn with_a_router_a_failed_login_is_reported_once(world: World) -> Result<()> {
    world.open("/library?page=2").await?;
    world.press(LOG_IN).await?;
    let state = world.is_at_the_provider().await?;
    world.open(&format!("/auth?error=access_denied&state={state}")).await?;
    world.is_alerted("The login was cancelled").await?;
    world.find("nav a[href*=library]").await?.click().await?;
    world.sees("Your library").await?;
    world.sees_not("cancelled").await?;
    let down = Canned::start(Canned::html(502, "<h1>502</h1>")).await?;
    world.site().point_at(down.url());
    world.keep_no_cache().await?;
    world.open("/library").await?;
    world.is_alerted("not available right now").await
}

async fn log_in(world: &World, email: &str) -> Result<()> {
    world.press(LOG_IN).await?;
    world.is_at_the_provider().await?;
    world.give(email, PASSWORD).await
}
