//! The attacker wants the authorization response for one tab to be accepted in another, in which the person meant to
//! log in to a different account (RFC 9700, 4.7). Defence: a state is valid only in the tab that made it.

use anyhow::{Result, ensure};

use browser::world::{PERSON, World};

pub async fn callback_is_accepted_only_in_the_tab_that_began_the_login(world: World) -> Result<()> {
    let first = world.browser.window().await?;
    world.open("/").await?;
    let firsts = world.begin().await?;
    let second = world.browser.new_tab().await?;
    world.browser.switch_to_window(second.clone()).await?;
    world.open("/").await?;
    let seconds = world.begin().await?;

    // Each tab gets the response for the other one.
    for (tab, state) in [(&second, &firsts), (&first, &seconds)] {
        world.browser.switch_to_window(tab.clone()).await?;
        let code = world.emulator().issue_code("moderator@aniapi.test");
        world.open(&format!("/auth?code={code}&state={state}")).await?;
        world.is_alerted("does not match a login in this tab").await?;
    }
    ensure!(world.site().exchanges() == 0);

    // Then each gets its own, and its login still finishes.
    for (tab, state) in [(&first, &firsts), (&second, &seconds)] {
        world.browser.switch_to_window(tab.clone()).await?;
        let code = world.emulator().issue_code(PERSON);
        world.open(&format!("/auth?code={code}&state={state}")).await?;
        world.is_greeted().await?;
    }
    ensure!(world.site().exchanges() == 2);
    Ok(())
}
