//! The attacker wants one tab's answer to be taken by another, where the person meant somebody else to be logged in.
//! RFC 9700, 4.7. What stops it: a state is worth something only in the tab that made it.

use anyhow::{Result, ensure};

use browser::world::{PERSON, World};

pub async fn an_answer_is_believed_only_in_the_tab_that_asked(world: World) -> Result<()> {
    let first = world.browser.window().await?;
    world.open("/").await?;
    let firsts = world.begin().await?;
    let second = world.browser.new_tab().await?;
    world.browser.switch_to_window(second.clone()).await?;
    world.open("/").await?;
    let seconds = world.begin().await?;

    // Each tab gets the other's answer.
    for (tab, state) in [(&second, &firsts), (&first, &seconds)] {
        world.browser.switch_to_window(tab.clone()).await?;
        let code = world.emulator().issue_code("moderator@aniapi.test");
        world.open(&format!("/auth?code={code}&state={state}")).await?;
        world.is_alerted("does not belong to a login of this tab").await?;
    }
    ensure!(world.site().exchanges() == 0);

    // And then its own, which has lost nothing by that.
    for (tab, state) in [(&first, &firsts), (&second, &seconds)] {
        world.browser.switch_to_window(tab.clone()).await?;
        let code = world.emulator().issue_code(PERSON);
        world.open(&format!("/auth?code={code}&state={state}")).await?;
        world.is_greeted().await?;
    }
    ensure!(world.site().exchanges() == 2);
    Ok(())
}
