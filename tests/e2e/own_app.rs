//! The login in an app that is not ours: the example, which uses what another app takes over and nothing else.

use anyhow::{Result, ensure};
use emulator::aniapi::{Endpoint, Fault};

use browser::world::{PASSWORD, PERSON, World};

const LOG_IN: &str = "Log in";
const KNOWN: &str = "AniAPI knows you as demo@aniapi.test.";

pub async fn a_person_logs_in_is_known_to_aniapi_and_logs_out(world: World) -> Result<()> {
    let watch = "addEventListener('securitypolicyviolation', (event) => {
        localStorage.setItem('violation', `${event.violatedDirective} ${event.blockedURI}`);
    })";
    world.on_every_page(watch).await?;
    world.open("/?page=2#top").await?;
    log_in(&world, PERSON).await?;
    world.sees(KNOWN).await?;
    ensure!(world.place().await? == "/?page=2#top", "at {}", world.place().await?);
    ensure!(world.site().exchanges() == 1 && world.emulator().exchanges() == 1);

    world.browser.refresh().await?;
    world.sees(KNOWN).await?;
    world.press("Log out").await?;
    world.press(LOG_IN).await?;
    world.is_at_the_provider().await?;
    let complaints = world.browser.browser_log().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    world.open("/").await?;
    world.sees_not("demo").await?;
    // The deployed policy is one that another app can live with, too.
    let violation = world.script("return localStorage.getItem('violation')").await?;
    ensure!(violation.is_null(), "{violation}");
    Ok(())
}

pub async fn a_login_that_fails_is_told_and_can_be_tried_again(world: World) -> Result<()> {
    world.open("/?page=2").await?;
    world.press(LOG_IN).await?;
    let state = world.is_at_the_provider().await?;
    world.open(&format!("/auth?error=access_denied&state={state}")).await?;
    world.is_alerted("The login was cancelled").await?;
    world.press("Try again").await?;
    world.is_at_the_provider().await?;
    world.give(PERSON, PASSWORD).await?;
    world.sees(KNOWN).await?;
    ensure!(world.place().await? == "/?page=2", "at {}", world.place().await?);
    Ok(())
}

pub async fn a_token_that_aniapi_no_longer_accepts_ends_the_login(world: World) -> Result<()> {
    world.open("/").await?;
    log_in(&world, PERSON).await?;
    world.sees(KNOWN).await?;
    world.tamper("aniapi-login.session", "entry.access_token = 'made-up'").await?;
    world.browser.refresh().await?;
    world.is_alerted("Your login has ended").await?;
    world.sees(LOG_IN).await?;
    ensure!(world.script("return sessionStorage.getItem('aniapi-login.session')").await?.is_null());
    Ok(())
}

pub async fn an_answer_that_does_not_come_or_is_about_the_person_leaves_them_signed_in(world: World) -> Result<()> {
    world.open("/").await?;
    log_in(&world, "unverified@aniapi.test").await?;
    world.sees("AniAPI does not say who you are (status 401).").await?;
    world.press("Log out").await?;

    log_in(&world, PERSON).await?;
    world.sees(KNOWN).await?;
    world.emulator().misbehave(Endpoint::Profile, Fault::Reset);
    world.browser.refresh().await?;
    world.sees("The provider could not be reached.").await?;
    world.emulator().reset();
    world.browser.refresh().await?;
    world.sees(KNOWN).await
}

async fn log_in(world: &World, email: &str) -> Result<()> {
    world.press(LOG_IN).await?;
    world.is_at_the_provider().await?;
    world.give(email, PASSWORD).await
}
