//! Browsers that keep nothing, forbid it, have no room left, name no language, or go by another clock.

use anyhow::{Result, ensure};

use browser::world::{LOG_IN, PERSON, World};

pub async fn a_browser_that_keeps_nothing_is_told(world: World) -> Result<()> {
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    world.script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }").await?;
    world.press(LOG_IN).await?;
    world.is_alerted("does not let this page keep anything").await?;
    ensure!(world.emulator().seen().is_empty(), "nobody is sent away who could not come back");
    Ok(())
}

/// WebKitGTK says so where no locale is set, and `Intl` throws for it.
pub async fn a_browser_whose_language_is_no_language_tag_shows_the_end_of_the_login(world: World) -> Result<()> {
    world.on_every_page("Object.defineProperty(navigator, 'language', { get: () => 'C' })").await?;
    world.log_in().await?;
    world.sees("Signed in until").await
}

/// There is room for the pending login, and none for the session: the person is signed in until the next reload.
pub async fn a_browser_whose_storage_is_full_at_the_end_signs_in_for_this_page(world: World) -> Result<()> {
    let full = "const set = Storage.prototype.setItem; Storage.prototype.setItem = function (key, value) {
        if (key.endsWith('.session')) throw new DOMException('full', 'QuotaExceededError');
        set.call(this, key, value);
    }";
    world.on_every_page(full).await?;
    world.log_in().await?;
    world.script("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))").await?;
    world.is_greeted().await?;
    world.press("Log out").await?;
    world.sees(LOG_IN).await
}

/// With storage forbidden, touching `sessionStorage` throws.
pub async fn a_browser_that_forbids_storage_is_told(world: World) -> Result<()> {
    world
        .on_every_page(
            "for (const name of ['sessionStorage', 'localStorage']) Object.defineProperty(window, name, {
                get() { throw new DOMException('denied', 'SecurityError') }
            })",
        )
        .await?;
    world.open("/").await?;
    world.press(LOG_IN).await?;
    world.is_alerted("does not let this page keep anything").await?;
    world.open("/auth?code=x&state=y").await?;
    world.is_alerted("does not belong to a login of this tab").await?;
    ensure!(world.emulator().seen().is_empty() && world.site().exchanges() == 0);
    Ok(())
}

/// Whoever empties the storage has logged out, and can log in again.
pub async fn a_storage_that_is_emptied_ends_the_login(world: World) -> Result<()> {
    world.log_in().await?;
    world.script("sessionStorage.clear(); localStorage.clear()").await?;
    world.script("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))").await?;
    world.sees(LOG_IN).await?;
    world.begin().await?;
    world.finish().await
}

/// The app compares the browser's clock with nothing but itself.
pub async fn a_clock_that_is_an_hour_off_does_not_matter(world: World) -> Result<()> {
    for hours in [1, -1] {
        let added = world.on_every_page(&clock(hours)).await?;
        world.log_in().await?;
        let session = "JSON.parse(sessionStorage.getItem('aniapi-login.session'))";
        let off = world.script(&format!("return Math.round(({session}.started_at - new Date()) / 3600000)")).await?;
        ensure!(off == hours, "the app's clock is {off} hours off");
        world.sees("Signed in until").await?;
        world.browser.refresh().await?;
        world.is_greeted().await?;
        world.press("Log out").await?;
        world.not_on_every_page(&added).await?;
    }
    Ok(())
}

/// A clock that is put right in the middle of a login makes it look old, or begun in the future.
pub async fn a_clock_that_jumps_costs_a_new_attempt_and_no_more(world: World) -> Result<()> {
    for hours in [1, -1] {
        world.open("/?page=2").await?;
        let state = world.begin().await?;
        let added = world.on_every_page(&clock(hours)).await?;
        let code = world.emulator().issue_code(PERSON);
        world.open(&format!("/auth?code={code}&state={state}")).await?;
        world.is_alerted("has expired").await?;
        world.press("Try again").await?;
        world.finish().await?;
        ensure!(world.place().await? == "/?page=2", "at {}", world.place().await?);
        world.not_on_every_page(&added).await?;
        world.press("Log out").await?;
    }
    Ok(())
}

/// Puts the clock that the app reads that many hours off.
fn clock(hours: i64) -> String {
    format!("const real = Date.now; Date.now = () => real() + {hours} * 3600000")
}
