//! The signed-in state of a tab, and its end.

use anyhow::{Result, ensure};
use emulator::aniapi::{Endpoint, Fault};

use browser::late::settle;
use browser::world::{LOG_IN, World};

pub async fn a_reload_keeps_the_person_signed_in(world: World) -> Result<()> {
    world.log_in().await?;
    world.browser.refresh().await?;
    world.is_greeted().await?;
    world.open("/?other").await?;
    world.is_greeted().await
}

pub async fn logging_out_ends_the_login(world: World) -> Result<()> {
    world.log_in().await?;
    world.press("Log out").await?;
    world.sees(LOG_IN).await?;
    world.sees_not("demo").await?;
    ensure!(world.script("return sessionStorage.getItem('aniapi-login.session')").await?.is_null());
    world.browser.refresh().await?;
    world.sees(LOG_IN).await?;
    // The next login works like the first.
    world.begin().await?;
    world.finish().await
}

pub async fn expired_session_ends_without_a_reload(world: World) -> Result<()> {
    world.log_in().await?;
    world.tamper("aniapi-login.session", "entry.expires_at = Date.now() + 3000").await?;
    world.browser.refresh().await?;
    world.is_greeted().await?;
    world.is_alerted("Your session has ended").await?;
    world.sees(LOG_IN).await?;
    ensure!(world.script("return sessionStorage.length").await? == 0);
    Ok(())
}

pub async fn session_that_expired_before_a_reload_has_ended(world: World) -> Result<()> {
    world.log_in().await?;
    world.tamper("aniapi-login.session", "entry.expires_at = Date.now() - 1").await?;
    world.emulator().reset();
    world.browser.refresh().await?;
    world.is_alerted("Your session has ended").await?;
    ensure!(world.emulator().calls().is_empty(), "an expired token was sent");
    Ok(())
}

pub async fn ended_session_does_not_hide_why_the_next_login_failed(world: World) -> Result<()> {
    world.log_in().await?;
    world.tamper("aniapi-login.session", "entry.expires_at = Date.now() - 1").await?;
    world.open("/auth?code=x&state=made-up").await?;
    world.is_alerted("does not match a login in this tab").await?;
    world.press("Try again").await?;
    world.finish().await?;
    world.sees_not("has ended").await
}

/// A timer of more than 24.8 days fires at once.
pub async fn session_of_thirty_days_does_not_end_at_once(world: World) -> Result<()> {
    world.log_in().await?;
    let left = world
        .script("return JSON.parse(sessionStorage.getItem('aniapi-login.session')).expires_at - Date.now()")
        .await?;
    ensure!(left.as_f64().is_some_and(|left| left > 2_500_000_000.0), "{left}");
    // A timer that fires at once does so before two frames are painted.
    settle(&world).await?;
    world.sees_not(LOG_IN).await
}

pub async fn token_rejected_by_the_provider_ends_the_session(world: World) -> Result<()> {
    world.log_in().await?;
    world.emulator().misbehave(Endpoint::Profile, Fault::Status(401));
    world.browser.refresh().await?;
    world.is_alerted("Your session has ended").await?;
    world.sees(LOG_IN).await?;
    ensure!(world.script("return sessionStorage.getItem('aniapi-login.session')").await?.is_null());
    Ok(())
}

pub async fn back_after_logging_out_shows_the_signed_out_page(world: World) -> Result<()> {
    world.log_in().await?;
    // The page stays in the back-forward cache as it is.
    world.script("window.isTheSamePage = true").await?;
    world.open("/?other").await?;
    world.is_greeted().await?;
    world.press("Log out").await?;
    world.sees(LOG_IN).await?;
    world.browser.back().await?;
    world.until("the page is back as it was", "return window.isTheSamePage === true").await?;
    world.sees(LOG_IN).await?;
    world.sees_not("demo").await
}

/// A page is not notified of changes of the storage in its own tab, so only the events below can cause the update.
pub async fn restored_page_shows_the_current_state(world: World) -> Result<()> {
    for coming_back in [
        "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))",
        "document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))",
    ] {
        world.log_in().await?;
        // As another tab does when it logs out.
        world.script("localStorage.setItem('aniapi-login.signed-out', Math.random())").await?;
        world.is_greeted().await?;
        world.script(coming_back).await?;
        world.sees(LOG_IN).await?;
        world.sees_not("demo").await?;
        ensure!(world.script("return sessionStorage.length").await? == 0, "the token is still there");
    }
    Ok(())
}
