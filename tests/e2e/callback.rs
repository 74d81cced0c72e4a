//! Authorization responses at `/auth`: a code is sent at most once.

use anyhow::{Context as _, Result, ensure};

use browser::world::{PERSON, World};

pub async fn unsolicited_or_malformed_callback_is_rejected_and_sends_nothing(world: World) -> Result<()> {
    for (query, sentence) in [
        ("", "There is no login to finish here"),
        ("?code=CODE", "There is no login to finish here"),
        ("?code=CODE&state=", "There is no login to finish here"),
        ("?error=access_denied", "There is no login to finish here"),
        ("?code=CODE&state=made-up", "does not match a login in this tab"),
        ("?error=access_denied&state=made-up", "does not match a login in this tab"),
        ("?code=CODE&state=STATE&state=STATE", "is not valid"),
        ("?code=CODE&code=CODE&state=STATE", "is not valid"),
        ("?error=a&error=a&state=STATE", "is not valid"),
        ("?code=CODE&state=STATE&iss=a&iss=a", "is not valid"),
        ("?state=STATE", "is not valid"),
        ("?state=STATE&code=&error=", "is not valid"),
        ("?state=STATE&code=CODE&error=access_denied", "is not valid"),
        ("?state=STATE&code=a%00b", "is not valid"),
    ] {
        world.open("/").await?;
        let state = world.begin().await?;
        let code = world.emulator().issue_code(PERSON);
        let callback = format!("/auth{}", query.replace("STATE", &state).replace("CODE", &code));
        world.open(&callback).await?;
        world.is_alerted(sentence).await?;
        ensure!(world.place().await? == "/auth", "{query}: {}", world.place().await?);
        ensure!(world.site().exchanges() == 0, "{query} was sent to the function");
        world.press("Try again").await?;
        world.is_at_the_provider().await?;
        world.emulator().reset();
    }
    Ok(())
}

pub async fn error_response_of_the_provider_is_reported(world: World) -> Result<()> {
    for (error, sentence) in [
        ("access_denied", "The login was cancelled"),
        ("temporarily_unavailable", "cannot log you in right now"),
        ("server_error", "cannot log you in right now"),
        ("invalid_scope&error_description=%3Cb%3Ehush%3C/b%3E", "The login service rejected the login"),
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

pub async fn login_with_a_rejected_code_can_be_retried(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    world.open(&format!("/auth?code=made-up&state={state}")).await?;
    world.is_alerted("no longer accepts this login").await?;
    ensure!(world.site().exchanges() == 1);
    world.press("Try again").await?;
    world.finish().await
}

/// CloudFront accepts addresses of up to 8,192 bytes. Some providers' codes have more than a thousand characters, and
/// no provider documents a limit.
pub async fn the_longest_code_that_fits_an_address_is_sent(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    let origin = world.site().url();
    let rest = format!("/auth?code=&state={state}&session_state=");
    let code = "c".repeat(8_000);
    // CloudFront counts the whole URL, with its scheme and host.
    let longest = 8_192 - origin.replace("http:", "https:").len();
    let padding = "x".repeat(longest - rest.len() - code.len());
    let address = format!("/auth?code={code}&state={state}&session_state={padding}");
    ensure!(address.len() == longest, "{} bytes at {origin}", address.len());
    world.open(&address).await?;
    world.is_alerted("no longer accepts this login").await?;
    let calls = world.site().calls();
    let sent = calls.iter().find(|call| call.method == "POST").context("no code was sent")?;
    ensure!(String::from_utf8_lossy(&sent.body).contains(&code), "the code was changed");
    let seen = world.emulator().seen();
    let exchange = seen.iter().find(|seen| seen.method == "POST" && seen.path.ends_with("/token"));
    let exchanged = exchange.context("no code reached the provider")?.query.iter().find(|(name, _)| name == "code");
    ensure!(exchanged.is_some_and(|(_, value)| *value == code), "the provider received another code");
    Ok(())
}

pub async fn retry_keeps_the_return_path(world: World) -> Result<()> {
    world.open("/?page=2#top").await?;
    let state = world.begin().await?;
    world.open(&format!("/auth?error=access_denied&state={state}")).await?;
    world.press("Try again").await?;
    world.finish().await?;
    ensure!(world.place().await? == "/?page=2#top", "at {}", world.place().await?);
    Ok(())
}
