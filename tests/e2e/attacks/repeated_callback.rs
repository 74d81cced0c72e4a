//! The attacker wants a code to be sent twice, to get the second response: the callback is reloaded, reached by Back,
//! restored from the back-forward cache, or opened twice at once (RFC 6749, 4.1.2 and 10.5). Defence: code and state
//! are removed from address and history before anything is sent, and both are consumed by their use.

use std::time::Duration;

use anyhow::{Result, ensure};
use emulator::aniapi::{Endpoint, Fault};

use browser::world::{LOG_IN, PERSON, World};

pub async fn a_reload_after_the_login_sends_no_second_code(world: World) -> Result<()> {
    world.log_in().await?;
    world.browser.refresh().await?;
    world.is_greeted().await?;
    ensure!(world.site().exchanges() == 1);
    Ok(())
}

pub async fn a_reload_during_the_exchange_sends_no_second_code(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    let code = world.emulator().issue_code(PERSON);
    world.emulator().misbehave(Endpoint::Token, Fault::Delay(Duration::from_secs(2)));
    world.open(&format!("/auth?code={code}&state={state}")).await?;
    world.until_there("the exchange", |world| world.site().exchanges() == 1).await?;
    world.browser.refresh().await?;
    world.is_alerted("There is no login to finish here").await?;
    ensure!(world.site().exchanges() == 1);
    Ok(())
}

pub async fn back_after_the_login_sends_no_second_code(world: World) -> Result<()> {
    world.log_in().await?;
    world.browser.back().await?; // To the provider's page.
    world.browser.forward().await?;
    world.is_greeted().await?;
    world.browser.back().await?;
    world.browser.back().await?; // To the front page from which the login began.
    world.is_greeted().await?;
    world.sees_not(LOG_IN).await?;
    ensure!(world.site().exchanges() == 1);
    Ok(())
}

/// The page that finished the login is restored with everything that it had in memory.
pub async fn a_callback_restored_from_the_back_forward_cache_sends_no_second_code(world: World) -> Result<()> {
    world.log_in().await?;
    world.script("window.isTheSamePage = true").await?;
    world.open("/anywhere").await?;
    world.sees("not found").await?;
    world.browser.back().await?;
    world.until("the page is back as it was", "return window.isTheSamePage === true").await?;
    world.is_greeted().await?;
    ensure!(world.site().exchanges() == 1);
    Ok(())
}

/// The person leaves during the exchange, and comes back.
pub async fn abandoned_callback_sends_no_second_code(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    let code = world.emulator().issue_code(PERSON);
    world.emulator().misbehave(Endpoint::Token, Fault::NeverAnswer);
    world.open(&format!("/auth?code={code}&state={state}")).await?;
    world.until_there("the exchange", |world| world.site().exchanges() == 1).await?;
    world.open("/anywhere").await?;
    world.sees("not found").await?;
    world.browser.back().await?;
    // Whether the browser restores the page or loads it again, the page says that this login is not finished here.
    world.find("[role=alert]").await?;
    ensure!(world.place().await? == "/auth", "at {}", world.place().await?);
    ensure!(world.site().exchanges() == 1);
    Ok(())
}

/// Two tabs that both have the state, as after duplicating a tab: both receive the callback at the same time, and stay
/// open during the exchange.
pub async fn a_callback_opened_in_two_tabs_at_once_sends_one_code(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    let callback = format!("/auth?code={}&state={state}", world.emulator().issue_code(PERSON));
    world.open("/anywhere").await?;
    world.script("open('/anywhere')").await?;
    let windows = world.browser.windows().await?;
    ensure!(windows.len() == 2, "{} windows", windows.len());
    for window in &windows {
        world.browser.switch_to_window(window.clone()).await?;
        world.sees("not found").await?;
        let has_state = format!("return sessionStorage.getItem('aniapi-login.pending.{state}') !== null");
        ensure!(world.script(&has_state).await? == true, "a tab has no state");
        // One signal sends both.
        let leave = format!("new BroadcastChannel('test').onmessage = () => {{ location.href = '{callback}' }}");
        world.script(&leave).await?;
    }
    world.emulator().misbehave(Endpoint::Token, Fault::Delay(Duration::from_secs(1)));
    let go = "new BroadcastChannel('test').postMessage('go')";
    world.script(go).await?;
    let (mut greeted, mut refused) = (0, 0);
    for window in windows {
        world.browser.switch_to_window(window).await?;
        world.until("the callback is judged", "return !!document.querySelector('main .person, [role=alert]')").await?;
        match world.script("return document.querySelector('[role=alert]') === null").await? == true {
            true => greeted += 1,
            false => refused += 1,
        }
    }
    ensure!((greeted, refused) == (1, 1), "{greeted} were greeted, {refused} refused");
    ensure!(world.site().exchanges() == 1, "{} codes were sent", world.site().exchanges());
    Ok(())
}

/// A window that a page of the app opens gets a copy of its `sessionStorage`, like a duplicated tab. One of them logs
/// in; another is refused, or takes the session over if it exists when that window starts.
pub async fn a_callback_opened_in_copies_of_the_tab_sends_one_code(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    let callback = format!("/auth?code={}&state={state}", world.emulator().issue_code(PERSON));
    world.open("/anywhere").await?;
    world.script(&format!("open('{callback}'); open('{callback}'); open('{callback}')")).await?;
    let mut greeted = 0;
    for window in world.browser.windows().await?.into_iter().skip(1) {
        world.browser.switch_to_window(window).await?;
        world.until("the callback is judged", "return !!document.querySelector('main .person, [role=alert]')").await?;
        if world.script("return document.querySelector('[role=alert]') === null").await? == true {
            greeted += 1;
        }
    }
    ensure!(greeted >= 1, "no window is signed in");
    ensure!(world.site().exchanges() == 1, "{} codes were sent", world.site().exchanges());
    Ok(())
}
