//! The attacker wants to be logged in as a person whose code they have obtained, and puts it into a callback of their
//! own login, with their own state (RFC 9700, 4.5). The usual defences are PKCE and codes that are bound to a client;
//! AniAPI has neither. Its codes can be used by anyone, repeatedly, for three minutes, so this attack is possible for
//! an attacker who has a code. What remains is to make codes hard to obtain and short-lived: see `leaked_code`.

use std::time::Duration;

use anyhow::{Result, ensure};

use browser::world::{PERSON, World};

/// This documents what happens, not what should happen: if it fails one day, AniAPI binds its codes, and SECURITY.md
/// has to be updated.
pub async fn anyone_with_a_code_can_use_it(world: World) -> Result<()> {
    let stolen = world.emulator().issue_code("moderator@aniapi.test");
    world.open("/").await?;
    let state = world.begin().await?;
    world.open(&format!("/auth?code={stolen}&state={state}")).await?;
    world.sees("Moderator").await
}

/// A code without a valid state must not be tried: a victim's browser must not become a tool for using codes.
pub async fn victims_browser_cannot_be_made_to_use_a_code(world: World) -> Result<()> {
    let code = world.emulator().issue_code("moderator@aniapi.test");
    world.log_in().await?;
    world.site().forget();
    for query in ["?code=CODE", "?code=CODE&state=", "?code=CODE&state=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        world.open(&format!("/auth{}", query.replace("CODE", &code))).await?;
        // The code is dropped, and the same person stays signed in.
        world.is_greeted().await?;
    }
    ensure!(world.site().exchanges() == 0);
    world.sees("demo").await?;
    world.sees_not("Moderator").await
}

pub async fn stolen_code_expires_after_three_minutes(world: World) -> Result<()> {
    let stolen = world.emulator().issue_code(PERSON);
    world.open("/").await?;
    let state = world.begin().await?;
    world.emulator().advance(Duration::from_secs(181));
    world.open(&format!("/auth?code={stolen}&state={state}")).await?;
    world.is_alerted("no longer accepts this login").await
}
