//! What comes back to `/auth`, and that a code is sent once or not at all.

use anyhow::{Context as _, Result, ensure};

use browser::world::{PERSON, World};

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

/// CloudFront accepts addresses of 8,192 bytes. Some providers' codes have more than a thousand characters, and no provider
/// states a limit.
pub async fn the_longest_code_that_fits_an_address_is_sent(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    let origin = world.site().url();
    let rest = format!("/auth?code=&state={state}&session_state=");
    let code = "c".repeat(8_000);
    let padding = "x".repeat(8_192 - rest.len() - code.len());
    let address = format!("/auth?code={code}&state={state}&session_state={padding}");
    ensure!(address.len() == 8_192, "{} bytes at {origin}", address.len());
    world.open(&address).await?;
    world.is_alerted("does not accept this login any more").await?;
    let calls = world.site().calls();
    let sent = calls.iter().find(|call| call.method == "POST").context("a code was sent")?;
    ensure!(String::from_utf8_lossy(&sent.body).contains(&code), "the code was changed");
    let seen = world.emulator().seen();
    let exchange = seen.iter().find(|seen| seen.method == "POST" && seen.path.ends_with("/token"));
    let exchanged = exchange.context("it reached the provider")?.query.iter().find(|(name, _)| name == "code");
    ensure!(exchanged.is_some_and(|(_, value)| *value == code), "the provider got another one");
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
