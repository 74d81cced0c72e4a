//! The attacker wants a state to count twice, so that an answer which was used, or refused, is believed after all.
//! RFC 6749, 10.12; RFC 9700, 4.7.1. What stops it: the first callback that names a state uses it up, whatever then
//! happens, in all tabs.

use anyhow::{Result, ensure};

use browser::world::{PERSON, World};

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

/// Back at the very callback that logged the person in, with another's code.
pub async fn a_state_that_logged_somebody_in_is_worth_nothing_more(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    world.finish().await?;
    let code = world.emulator().issue_code("moderator@aniapi.test");
    world.open(&format!("/auth?code={code}&state={state}")).await?;
    // The person stays signed in as who they are.
    world.is_greeted().await?;
    world.sees("demo").await?;
    ensure!(world.site().exchanges() == 1, "the other's code was sent");
    Ok(())
}
