//! The attacker wants the person to be logged in as the attacker, to watch what they do there: a link to the callback
//! with the attacker's own code. RFC 6749, 10.12; RFC 9700, 4.7. What stops it: the state was not made in this tab.

use anyhow::{Result, ensure};

use super::attacker::Attacker;
use browser::world::{PERSON, World};

pub async fn a_link_with_the_attackers_code_logs_nobody_in(world: World) -> Result<()> {
    let code = world.emulator().issue_code("moderator@aniapi.test");
    let state = "A".repeat(43);
    let link = format!("{}/auth?code={code}&state={state}", world.site().url());
    let attacker = Attacker::start(format!("<a id=link href='{link}'>a kitten</a>")).await?;
    world.browser.goto(attacker.url()).await?;
    world.find("#link").await?.click().await?;
    world.is_alerted("does not belong to a login of this tab").await?;
    ensure!(world.site().exchanges() == 0, "the attacker's code was sent");
    ensure!(world.script("return sessionStorage.length").await? == 0);
    Ok(())
}

/// The same while the person's own login waits at the provider: the state is another all the same.
pub async fn nor_does_it_while_a_login_is_on_its_way(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    let code = world.emulator().issue_code("moderator@aniapi.test");
    world.open(&format!("/auth?code={code}&state={}", "A".repeat(43))).await?;
    world.is_alerted("does not belong to a login of this tab").await?;
    ensure!(world.site().exchanges() == 0);
    // And the person's own login is not lost by it.
    let code = world.emulator().issue_code(PERSON);
    world.open(&format!("/auth?code={code}&state={state}")).await?;
    world.is_greeted().await
}
