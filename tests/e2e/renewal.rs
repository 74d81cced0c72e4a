//! Access tokens that expire while the person is there, and a provider whose refresh tokens can be used once.

use anyhow::{Context as _, Result, ensure};
use emulator::{Emulator, Endpoint, Fault, Service, Tokens};
use thirtyfour::WindowHandle;

use browser::world::{PASSWORD, PERSON, World, log_in_with};

/// Lets a test shift the page's clock, in all tabs at once. It has to be the window's `Date`: Firefox runs a test's
/// scripts in a separate scope, with a `Date` of its own.
pub const CLOCK: &str = "
    const now = window.Date.now;
    let shift = 0;
    window.Date.now = () => now() + shift;
    new BroadcastChannel('clock').onmessage = ({ data }) => {
        shift += data;
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    };";

fn provider(world: &World) -> &Emulator {
    world.emulator_of(Service::Keycloak)
}

/// From now on access tokens last this many seconds, and each refresh token can be used once.
fn rotates(world: &World, access_token_s: u64) {
    let tokens = Tokens { access_token_s: Some(access_token_s), refresh: Some(true), rotate: Some(true) };
    provider(world).set_tokens(tokens);
}

/// Logs in.
async fn log_in(world: &World) -> Result<()> {
    world.open("/").await?;
    world.begin_with(Service::Keycloak).await?;
    world.give(PERSON, PASSWORD).await?;
    world.is_greeted().await
}

/// Shifts the clock of all tabs that listen, including this one.
pub async fn advance(world: &World, ms: i64) -> Result<()> {
    let script = format!(
        "const channel = new BroadcastChannel('clock');
         channel.postMessage({ms});
         channel.close();"
    );
    world.script(&script).await?;
    Ok(())
}

/// The number of renewals of the session, as the function reports it.
async fn renewals(world: &World) -> Result<Option<u64>> {
    Ok(world.session_response().await?["renewals"].as_u64())
}

async fn has_clock(world: &World) -> Result<()> {
    world.script(CLOCK).await?;
    Ok(())
}

/// Opens more tabs with the session, each with a clock that can be shifted.
async fn open_tabs(world: &World, number: usize) -> Result<Vec<WindowHandle>> {
    let mut tabs = vec![world.browser.window().await?];
    has_clock(world).await?;
    for _ in 1..number {
        tabs.push(world.open_tab("/").await?);
        world.is_greeted().await?;
        has_clock(world).await?;
    }
    Ok(tabs)
}

/// The provider would take a second use of the refresh token for theft, and end the session (RFC 9700, 4.14.2).
pub async fn ten_tabs_that_wake_together_renew_once(world: World) -> Result<()> {
    rotates(&world, 300);
    log_in(&world).await?;
    let tabs = open_tabs(&world, 10).await?;
    ensure!(provider(&world).renewal_attempts() == 0, "a renewal came too early");
    advance(&world, 290_000).await?;
    world.until_there("the session is renewed", |world| provider(world).renewals() == 1).await?;
    for tab in &tabs {
        world.go_to_tab(tab).await?;
        world.is_greeted().await?;
        world
            .until(
                "no lock is held",
                "return navigator.locks.query().then(({ held, pending }) => held.length + pending.length === 0)",
            )
            .await?;
    }
    ensure!(renewals(&world).await? == Some(1));
    ensure!(provider(&world).renewal_attempts() == 1, "{} attempts", provider(&world).renewal_attempts());
    for tab in &tabs {
        world.go_to_tab(tab).await?;
        world.browser.refresh().await?;
        world.is_greeted().await?;
    }
    ensure!(provider(&world).renewal_attempts() == 1, "a new token was renewed");
    Ok(())
}

/// In real time.
pub async fn tokens_of_a_few_seconds_keep_the_person_signed_in(world: World) -> Result<()> {
    rotates(&world, 2);
    log_in(&world).await?;
    world.script("window.isTheSamePage = document.querySelector('.person')").await?;
    world.until_there("the session is renewed repeatedly", |world| provider(world).renewals() >= 3).await?;
    world.is_greeted().await?;
    let same = "return window.isTheSamePage === document.querySelector('.person')";
    ensure!(world.script(same).await? == true, "the page was rendered again");
    ensure!(provider(&world).renewals() == provider(&world).renewal_attempts());
    Ok(())
}

pub async fn rejected_renewal_ends_the_session_in_every_tab(world: World) -> Result<()> {
    rotates(&world, 300);
    log_in(&world).await?;
    let tabs = open_tabs(&world, 2).await?;
    provider(&world).misbehave(Endpoint::Token, Fault::Refuse(emulator::Refusal::CodeNotValid));
    advance(&world, 290_000).await?;
    for tab in &tabs {
        world.go_to_tab(tab).await?;
        world.is_alerted("Your session has ended").await?;
        world.sees(&log_in_with(Service::Keycloak)).await?;
    }
    world.until_there("the function ends the session", |world| world.session_requests("DELETE") >= 1).await?;
    world.has_no_session().await?;
    world.browser.refresh().await?;
    world.sees(&log_in_with(Service::Keycloak)).await
}

/// The provider has consumed the refresh token, but the next one was lost.
pub async fn lost_renewal_response_ends_the_session_and_says_so(world: World) -> Result<()> {
    rotates(&world, 4);
    log_in(&world).await?;
    provider(&world).misbehave(Endpoint::Token, Fault::LoseAnswer);
    world.until_there("the refresh token is consumed", |world| provider(world).renewals() == 1).await?;
    world.is_greeted().await?;
    provider(&world).misbehave(Endpoint::Token, Fault::Delay(std::time::Duration::ZERO));
    world.is_alerted("Your session has ended").await?;
    world.begin_with(Service::Keycloak).await?;
    world.give(PERSON, PASSWORD).await?;
    world.is_greeted().await
}

pub async fn provider_outage_does_not_end_the_session(world: World) -> Result<()> {
    rotates(&world, 4);
    log_in(&world).await?;
    for fault in [Fault::Reset, Fault::Status(500), Fault::Busy { retry_after: Some(1) }] {
        let before = provider(&world).renewals();
        provider(&world).misbehave(Endpoint::Token, fault);
        let attempts = provider(&world).renewal_attempts();
        world.until_there("the renewal fails", |world| provider(world).renewal_attempts() > attempts).await?;
        world.is_greeted().await?;
        provider(&world).misbehave(Endpoint::Token, Fault::Delay(std::time::Duration::ZERO));
        world.until_there("the renewal is retried", |world| provider(world).renewals() > before).await?;
        world.is_greeted().await?;
        ensure!(world.script("return document.querySelector('[role=alert]')").await?.is_null());
    }
    Ok(())
}

/// The request outlives its page. The other page waits for its result.
pub async fn renewal_of_a_closed_page_is_not_repeated(world: World) -> Result<()> {
    rotates(&world, 300);
    log_in(&world).await?;
    let [first, second] = open_tabs(&world, 2).await?.try_into().ok().context("there are not two tabs")?;
    provider(&world).misbehave(Endpoint::Token, Fault::Delay(std::time::Duration::from_secs(3)));
    world.go_to_tab(&first).await?;
    let calls = provider(&world).calls().len();
    advance(&world, 290_000).await?;
    world.until_there("a renewal is pending", |world| provider(world).calls().len() > calls).await?;
    world.browser.close_window().await?;
    world.go_to_tab(&second).await?;
    world.until_there("it ends", |world| provider(world).renewals() == 1).await?;
    world
        .until(
            "the other page has the renewed session",
            "return JSON.parse(localStorage.getItem('aniapi-login.hint'))?.renewals === 1",
        )
        .await?;
    world.is_greeted().await?;
    ensure!(provider(&world).renewal_attempts() == 1, "{} attempts", provider(&world).renewal_attempts());
    Ok(())
}

pub async fn clock_jump_does_not_end_the_session(world: World) -> Result<()> {
    rotates(&world, 300);
    log_in(&world).await?;
    has_clock(&world).await?;
    const YEAR: i64 = 365 * 86_400_000;
    for jump in [YEAR, -2 * YEAR, YEAR] {
        advance(&world, jump).await?;
        world
            .script(
                "new BroadcastChannel('aniapi-login').postMessage(JSON.stringify({ changed: String(Math.random()) }))",
            )
            .await?;
        let asked = world.session_requests("GET");
        ensure!(renewals(&world).await?.is_some());
        world.until_there("the session is requested", |world| world.session_requests("GET") > asked).await?;
        world.is_greeted().await?;
    }
    Ok(())
}

pub async fn logging_out_revokes_the_refresh_token(world: World) -> Result<()> {
    rotates(&world, 300);
    log_in(&world).await?;
    let tokens = provider(&world).refresh_tokens();
    let token = tokens.last().context("there is no refresh token")?;
    world.press("Log out").await?;
    world.until_there("the refresh token is revoked", |world| provider(world).is_revoked(token)).await?;
    let link = world.find("main .done a").await?;
    let href = link.attr("href").await?.unwrap_or_default();
    ensure!(Some(&href) == provider(&world).logout_url().as_ref(), "{href}");
    Ok(())
}

/// The provider still has a session of the person, who may want to use another account.
pub async fn next_login_lets_the_person_choose_an_account(world: World) -> Result<()> {
    for (is_after_log_out, prompt) in [(false, None), (true, Some("login"))] {
        world.open("/").await?;
        if is_after_log_out {
            world.press("Log out").await?;
        }
        world.begin_with(Service::Keycloak).await?;
        let url = world.browser.current_url().await?;
        let asked = url.query_pairs().find(|(name, _)| name == "prompt").map(|(_, value)| value.into_owned());
        ensure!(asked.as_deref() == prompt, "{url}");
        world.give(PERSON, PASSWORD).await?;
        world.is_greeted().await?;
    }
    Ok(())
}
