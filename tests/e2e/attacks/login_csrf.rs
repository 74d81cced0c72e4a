//! The attacker wants the person to be signed in to the attacker's account, to observe what they do there: a link to
//! the callback with the attacker's own code (RFC 6749, 10.12; RFC 9700, 4.7). Defence: a state that was not made in
//! this tab is rejected.

use anyhow::{Result, ensure};

use super::attacker::Attacker;
use browser::world::{PERSON, World};

pub async fn link_with_the_attackers_code_does_not_log_in(world: World) -> Result<()> {
    let code = world.emulator().issue_code("moderator@aniapi.test");
    let state = "A".repeat(43);
    let link = format!("{}/auth?code={code}&state={state}", world.site().url());
    let attacker = Attacker::start(format!("<a id=link href='{link}'>a kitten</a>")).await?;
    world.browser.goto(attacker.url()).await?;
    world.find("#link").await?.click().await?;
    world.is_alerted("does not match a login in this tab").await?;
    ensure!(world.site().exchanges() == 0, "the attacker's code was sent");
    ensure!(world.script("return sessionStorage.length").await? == 0);
    Ok(())
}

/// The same while the person's own login is pending at the provider: its state is a different one.
pub async fn link_with_the_attackers_code_does_not_affect_a_pending_login(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    let code = world.emulator().issue_code("moderator@aniapi.test");
    world.open(&format!("/auth?code={code}&state={}", "A".repeat(43))).await?;
    world.is_alerted("does not match a login in this tab").await?;
    ensure!(world.site().exchanges() == 0);
    // The person's own login is unaffected.
    let code = world.emulator().issue_code(PERSON);
    world.open(&format!("/auth?code={code}&state={state}")).await?;
    world.is_greeted().await
}
