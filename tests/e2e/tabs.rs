//! Two tabs of one browser.

use anyhow::{Result, ensure};
use thirtyfour::WindowHandle;

use browser::world::{LOG_IN, PASSWORD, PERSON, World};

/// Opens two tabs while signed out, and logs in in the first one.
async fn two_tabs(world: &World) -> Result<(WindowHandle, WindowHandle)> {
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    let first = world.browser.window().await?;
    let second = world.open_tab("/").await?;
    world.sees(LOG_IN).await?;
    world.go_to_tab(&first).await?;
    world.begin().await?;
    world.finish().await?;
    Ok((first, second))
}

pub async fn new_tab_takes_the_session_over(world: World) -> Result<()> {
    world.log_in().await?;
    let first = world.browser.window().await?;
    let exchanges = world.site().exchanges();
    let second = world.open_tab("/?other").await?;
    world.is_greeted().await?;
    ensure!(world.site().exchanges() == exchanges, "the new tab logged in again");
    // The session lives as long as one of its tabs.
    world.go_to_tab(&first).await?;
    world.browser.close_window().await?;
    world.go_to_tab(&second).await?;
    world.browser.refresh().await?;
    world.is_greeted().await?;
    world.open_tab("/").await?;
    world.is_greeted().await
}

pub async fn new_tab_takes_over_no_ended_session(world: World) -> Result<()> {
    world.log_in().await?;
    let first = world.browser.window().await?;
    // The tab with the session has not noticed that the person has logged out.
    world.script("addEventListener('storage', (event) => event.stopImmediatePropagation(), true)").await?;
    let second = world.open_tab("/").await?;
    world.is_greeted().await?;
    world.press("Log out").await?;
    world.sees(LOG_IN).await?;
    world.open_tab("/").await?;
    world.sees(LOG_IN).await?;
    world.go_to_tab(&second).await?;
    world.browser.refresh().await?;
    world.sees(LOG_IN).await?;
    world.go_to_tab(&first).await?;
    world.sees(LOG_IN).await
}

pub async fn two_tabs_can_log_in_as_different_people(world: World) -> Result<()> {
    let (first, second) = two_tabs(&world).await?;
    world.browser.switch_to_window(second).await?;
    world.sees(LOG_IN).await?;
    world.begin().await?;
    world.give("moderator@aniapi.test", PASSWORD).await?;
    world.sees("Moderator").await?;
    world.browser.switch_to_window(first).await?;
    world.browser.refresh().await?;
    world.sees("demo").await?;
    world.sees_not("Moderator").await
}

/// AniAPI remembers one authorization request per browser, so the second tab's replaces the first tab's.
pub async fn login_overtaken_by_another_tab_can_be_retried(world: World) -> Result<()> {
    world.open("/").await?;
    world.begin().await?;
    let first = world.browser.window().await?;
    let second = world.browser.new_tab().await?;
    world.browser.switch_to_window(second.clone()).await?;
    world.open("/").await?;
    world.begin().await?;

    world.browser.switch_to_window(first.clone()).await?;
    world.give(PERSON, PASSWORD).await?;
    world.is_alerted("belongs to a login in another tab").await?;
    ensure!(world.site().exchanges() == 0, "the other tab's login was finished here");

    world.browser.switch_to_window(second).await?;
    world.finish().await?;

    world.browser.switch_to_window(first).await?;
    world.press("Try again").await?;
    world.finish().await
}

pub async fn logging_out_in_one_tab_signs_out_the_other(world: World) -> Result<()> {
    world.log_in().await?;
    // As two windows side by side: neither is ever hidden and shown again.
    world.script("addEventListener('visibilitychange', (event) => event.stopImmediatePropagation(), true)").await?;
    let first = world.browser.window().await?;
    let second = world.browser.new_tab().await?;
    world.browser.switch_to_window(second).await?;
    world.open("/").await?;
    world.is_greeted().await?;
    world.press("Log out").await?;
    world.sees(LOG_IN).await?;
    world.browser.switch_to_window(first).await?;
    world.sees(LOG_IN).await?;
    world.is_alerted("you logged out in another tab").await?;
    ensure!(world.script("return sessionStorage.getItem('aniapi-login.session')").await?.is_null());
    Ok(())
}

/// The end of one tab's session does not affect another tab's.
pub async fn session_that_ends_in_one_tab_does_not_affect_others(world: World) -> Result<()> {
    let (first, second) = two_tabs(&world).await?;
    world.browser.switch_to_window(second.clone()).await?;
    world.begin().await?;
    world.finish().await?;
    for ending in ["entry.expires_at = Date.now() - 1", "entry.access_token = 'made-up'"] {
        world.browser.switch_to_window(second.clone()).await?;
        world.tamper("aniapi-login.session", ending).await?;
        world.browser.refresh().await?;
        world.is_alerted("Your session has ended").await?;
        world.browser.switch_to_window(first.clone()).await?;
        world.script("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))").await?;
        world.is_greeted().await?;
        world.browser.refresh().await?;
        world.is_greeted().await?;
        world.browser.switch_to_window(second.clone()).await?;
        world.begin().await?;
        world.finish().await?;
    }
    // Copies of a tab have the same session: if the provider rejects it, it ends in all of them.
    world.browser.switch_to_window(first.clone()).await?;
    let session = world.script("return sessionStorage.getItem('aniapi-login.session')").await?;
    world.browser.switch_to_window(second.clone()).await?;
    world.script(&format!("sessionStorage.setItem('aniapi-login.session', {session})")).await?;
    world.tamper("aniapi-login.session", "entry.access_token = 'made-up'").await?;
    world.browser.refresh().await?;
    world.is_alerted("Your session has ended").await?;
    world.browser.switch_to_window(first).await?;
    world.is_alerted("Your session has ended").await
}
