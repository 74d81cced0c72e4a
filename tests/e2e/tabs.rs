//! Two tabs of one browser.

use anyhow::{Result, ensure};

use browser::world::{LOG_IN, PASSWORD, PERSON, World};

pub async fn two_tabs_each_have_a_login_of_their_own(world: World) -> Result<()> {
    world.log_in().await?;
    let first = world.browser.window().await?;
    let second = world.browser.new_tab().await?;
    world.browser.switch_to_window(second).await?;
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    world.begin().await?;
    world.give("moderator@aniapi.test", PASSWORD).await?;
    world.sees("Moderator").await?;
    world.browser.switch_to_window(first).await?;
    world.browser.refresh().await?;
    world.sees("demo").await?;
    world.sees_not("Moderator").await
}

/// AniAPI remembers one request for each browser, so the second tab's overwrites the first's.
pub async fn a_login_that_another_tab_has_overtaken_can_be_tried_again(world: World) -> Result<()> {
    world.open("/").await?;
    world.begin().await?;
    let first = world.browser.window().await?;
    let second = world.browser.new_tab().await?;
    world.browser.switch_to_window(second.clone()).await?;
    world.open("/").await?;
    world.begin().await?;

    world.browser.switch_to_window(first.clone()).await?;
    world.give(PERSON, PASSWORD).await?;
    world.is_alerted("another tab began a login").await?;
    ensure!(world.site().exchanges() == 0, "the other tab's login is not finished here");

    world.browser.switch_to_window(second).await?;
    world.finish().await?;

    world.browser.switch_to_window(first).await?;
    world.press("Try again").await?;
    world.finish().await
}

pub async fn logging_out_in_one_tab_logs_out_the_other(world: World) -> Result<()> {
    world.log_in().await?;
    // As two windows side by side: neither is ever hidden and shown again.
    world.script("addEventListener('visibilitychange', (event) => event.stopImmediatePropagation(), true)").await?;
    let first = world.browser.window().await?;
    let second = world.browser.new_tab().await?;
    world.browser.switch_to_window(second).await?;
    world.log_in().await?;
    world.press("Log out").await?;
    world.sees(LOG_IN).await?;
    world.browser.switch_to_window(first).await?;
    world.sees(LOG_IN).await?;
    world.is_alerted("you logged out in another tab").await?;
    ensure!(world.script("return sessionStorage.getItem('aniapi-login.session')").await?.is_null());
    Ok(())
}

/// What ends one tab's session says nothing of another's.
pub async fn a_session_that_ends_in_one_tab_leaves_the_other_ones(world: World) -> Result<()> {
    world.log_in().await?;
    let first = world.browser.window().await?;
    let second = world.browser.new_tab().await?;
    world.browser.switch_to_window(second.clone()).await?;
    world.log_in().await?;
    for ending in ["entry.expires_at = Date.now() - 1", "entry.access_token = 'made-up'"] {
        world.browser.switch_to_window(second.clone()).await?;
        world.tamper("aniapi-login.session", ending).await?;
        world.browser.refresh().await?;
        world.is_alerted("Your login has ended").await?;
        world.browser.switch_to_window(first.clone()).await?;
        world.script("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))").await?;
        world.is_greeted().await?;
        world.browser.refresh().await?;
        world.is_greeted().await?;
        world.browser.switch_to_window(second.clone()).await?;
        world.begin().await?;
        world.finish().await?;
    }
    // Copies of a tab have the same session: one that the provider refuses is over in all of them.
    world.browser.switch_to_window(first.clone()).await?;
    let session = world.script("return sessionStorage.getItem('aniapi-login.session')").await?;
    world.browser.switch_to_window(second.clone()).await?;
    world.script(&format!("sessionStorage.setItem('aniapi-login.session', {session})")).await?;
    world.tamper("aniapi-login.session", "entry.access_token = 'made-up'").await?;
    world.browser.refresh().await?;
    world.is_alerted("Your login has ended").await?;
    world.browser.switch_to_window(first).await?;
    world.is_alerted("Your login has ended").await
}
