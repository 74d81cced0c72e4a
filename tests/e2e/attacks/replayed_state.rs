//! The attacker wants a state to count twice, so that an authorization response which was used or rejected before is
//! accepted (RFC 6749, 10.12; RFC 9700, 4.7.1). Defence: the first callback with a state consumes it, whatever happens
//! next, in all tabs.

use anyhow::{Result, ensure};

use browser::world::{PERSON, World};

pub async fn state_is_consumed_by_the_first_callback(world: World) -> Result<()> {
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
        world.is_alerted("does not match a login in this tab").await?;
    }
    ensure!(world.site().exchanges() == 0);
    Ok(())
}

/// The callback that logged the person in, again, with another person's code.
pub async fn state_of_a_finished_login_is_rejected(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    world.finish().await?;
    let code = world.emulator().issue_code("moderator@aniapi.test");
    world.open(&format!("/auth?code={code}&state={state}")).await?;
    // The same person stays signed in.
    world.is_greeted().await?;
    world.sees("demo").await?;
    ensure!(world.site().exchanges() == 1, "the other's code was sent");
    Ok(())
}
