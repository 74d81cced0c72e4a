//! The attacker wants to use a state much later, on a machine that a person left during a login (RFC 9700, 4.7.1).
//! Defence: a pending login expires after half an hour.

use anyhow::{Result, ensure};

use browser::world::{PERSON, World};

pub async fn login_older_than_half_an_hour_is_rejected(world: World) -> Result<()> {
    let code = world.emulator().issue_code(PERSON);
    for (age_ms, is_refused) in [(1_801_000, true), (-60_000, true), (1_780_000, false)] {
        world.open("/").await?;
        let state = world.begin().await?;
        world.open("/anywhere").await?;
        world.tamper("aniapi-login.pending.", &format!("entry.started_at -= {age_ms}")).await?;
        world.open(&format!("/auth?code={code}&state={state}")).await?;
        if is_refused {
            world.is_alerted("has expired").await?;
            ensure!(world.site().exchanges() == 0);
        } else {
            world.is_greeted().await?;
        }
    }
    Ok(())
}
