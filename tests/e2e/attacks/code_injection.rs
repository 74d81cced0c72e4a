//! The attacker wants to be logged in as somebody whose code they have got hold of: they put it into a callback of their
//! own, under a state of their own. RFC 9700, 4.5. What stops it elsewhere, PKCE and codes bound to a client, AniAPI does
//! not have: its codes are bound to nothing and can be used again and again, for three minutes. So this stays open to
//! whoever has a code. What we do is make codes hard to get and their time short: see `leaked_code`.

use std::time::Duration;

use anyhow::{Result, ensure};

use browser::world::{PERSON, World};

/// It is what happens, not what should: where this fails one day, AniAPI's codes are bound, and SECURITY.md is to be
/// mended.
pub async fn whoever_has_a_code_can_use_it(world: World) -> Result<()> {
    let stolen = world.emulator().issue_code("moderator@aniapi.test");
    world.open("/").await?;
    let state = world.begin().await?;
    world.open(&format!("/auth?code={stolen}&state={state}")).await?;
    world.sees("Moderator").await
}

/// Without a state the code must not even be tried: a victim's browser is no tool to use one with.
pub async fn but_nobody_else_can_be_made_to_use_it(world: World) -> Result<()> {
    let code = world.emulator().issue_code("moderator@aniapi.test");
    world.log_in().await?;
    world.site().forget();
    for query in ["?code=CODE", "?code=CODE&state=", "?code=CODE&state=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        world.open(&format!("/auth{}", query.replace("CODE", &code))).await?;
        // It is dropped, and the person stays who they are.
        world.is_greeted().await?;
    }
    ensure!(world.site().exchanges() == 0);
    world.sees("demo").await?;
    world.sees_not("Moderator").await
}

pub async fn and_not_for_longer_than_three_minutes(world: World) -> Result<()> {
    let stolen = world.emulator().issue_code(PERSON);
    world.open("/").await?;
    let state = world.begin().await?;
    world.emulator().advance(Duration::from_secs(181));
    world.open(&format!("/auth?code={stolen}&state={state}")).await?;
    world.is_alerted("does not accept this login any more").await
}
