//! What comes back to `/auth`, and that a code is sent once or not at all.

use std::time::Duration;

use anyhow::{Result, ensure};
use tests::aniapi::{Endpoint, Fault};

use crate::world::{LOG_IN, PERSON, World};

pub async fn a_callback_that_nobody_asked_for_is_refused_and_sends_nothing(world: World) -> Result<()> {
    for (query, sentence) in [
        ("", "There is no login to finish here"),
        ("?code=CODE", "There is no login to finish here"),
        ("?code=CODE&state=", "There is no login to finish here"),
        ("?error=access_denied", "There is no login to finish here"),
        ("?code=CODE&state=made-up", "does not belong to a login of this tab"),
        ("?error=access_denied&state=made-up", "does not belong to a login of this tab"),
        ("?code=CODE&state=STATE&state=STATE", "malformed"),
        ("?code=CODE&code=CODE&state=STATE", "malformed"),
        ("?error=a&error=a&state=STATE", "malformed"),
        ("?code=CODE&state=STATE&iss=a&iss=a", "malformed"),
        ("?state=STATE", "malformed"),
        ("?state=STATE&code=&error=", "malformed"),
        ("?state=STATE&code=CODE&error=access_denied", "malformed"),
        ("?state=STATE&code=a%00b", "malformed"),
    ] {
        world.open("/").await?;
        let state = world.begin().await?;
        let code = world.emulator().issue_code(PERSON);
        let callback = format!("/auth{}", query.replace("STATE", &state).replace("CODE", &code));
        world.open(&callback).await?;
        world.is_alerted(sentence).await?;
        ensure!(world.place().await? == "/auth", "{query}: {}", world.place().await?);
        ensure!(world.site().exchanges() == 0, "{query} was sent on");
        world.press("Try again").await?;
        world.is_at_the_provider().await?;
        world.emulator().reset();
    }
    Ok(())
}

pub async fn a_state_is_used_up_by_the_first_callback_that_names_it(world: World) -> Result<()> {
    let code = world.emulator().issue_code(PERSON);
    for first in
        ["?error=access_denied&state=STATE", "?code=CODE&code=CODE&state=STATE", "?code=CODE&state=STATE&state=x"]
    {
        world.open("/").await?;
        let state = world.begin().await?;
        let fill = |query: &str| format!("/auth{}", query.replace("STATE", &state).replace("CODE", &code));
        world.open(&fill(first)).await?;
        world.find("[role=alert]").await?;
        world.open(&fill("?code=CODE&state=STATE")).await?;
        world.is_alerted("does not belong to a login of this tab").await?;
    }
    ensure!(world.site().exchanges() == 0);
    Ok(())
}

pub async fn a_login_older_than_ten_minutes_is_refused(world: World) -> Result<()> {
    let code = world.emulator().issue_code(PERSON);
    for (age_ms, is_refused) in [(601_000, true), (-60_000, true), (580_000, false)] {
        world.open("/").await?;
        let state = world.begin().await?;
        world.open("/anywhere").await?;
        world.tamper("aniapi-login.pending.", &format!("entry.started_at -= {age_ms}")).await?;
        world.open(&format!("/auth?code={code}&state={state}")).await?;
        if is_refused {
            world.is_alerted("has expired").await?;
            ensure!(world.site().exchanges() == 0);
        } else {
            world.is_greeted().await?;
        }
    }
    Ok(())
}

pub async fn a_provider_that_says_no_is_told(world: World) -> Result<()> {
    for (error, sentence) in [
        ("access_denied", "The login was cancelled"),
        ("temporarily_unavailable", "cannot log you in at the moment"),
        ("server_error", "cannot log you in at the moment"),
        ("invalid_scope&error_description=%3Cb%3Ehush%3C/b%3E", "The provider refused the login"),
    ] {
        world.open("/").await?;
        let state = world.begin().await?;
        world.open(&format!("/auth?error={error}&state={state}")).await?;
        world.is_alerted(sentence).await?;
        world.sees_not("hush").await?;
        ensure!(world.place().await? == "/auth");
    }
    ensure!(world.site().exchanges() == 0);
    Ok(())
}

pub async fn a_code_that_the_provider_refuses_can_be_tried_again(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    world.open(&format!("/auth?code=made-up&state={state}")).await?;
    world.is_alerted("does not accept this login any more").await?;
    ensure!(world.site().exchanges() == 1);
    world.press("Try again").await?;
    world.finish().await
}

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
    world.browser.back().await?; // To the provider, or to what its page shows of the past.
    world.browser.forward().await?;
    world.is_greeted().await?;
    world.browser.back().await?;
    world.browser.back().await?; // To the front page from which the login began.
    world.is_greeted().await?;
    world.sees_not(LOG_IN).await?;
    ensure!(world.site().exchanges() == 1);
    Ok(())
}

pub async fn trying_again_keeps_the_place_to_come_back_to(world: World) -> Result<()> {
    world.open("/?page=2#top").await?;
    let state = world.begin().await?;
    world.open(&format!("/auth?error=access_denied&state={state}")).await?;
    world.press("Try again").await?;
    world.finish().await?;
    ensure!(world.place().await? == "/?page=2#top", "at {}", world.place().await?);
    Ok(())
}
