//! The attacker wants to pass for us by an origin that looks like ours to a careless comparison: another port, another
//! name of the same machine, a name below or beside ours. RFC 9700, 4.1; RFC 10017, 6.1.3.3. What stops it: origins are
//! compared whole, character for character.

use anyhow::{Context as _, Result, ensure};

use super::attacker::Attacker;
use browser::world::{LOG_IN, PERSON, World};

/// Other names under which a browser finds this machine.
const NAMES: [&str; 4] = ["127.0.0.1", "app.localhost", "localhost.app.localhost", "[::1]"];

pub async fn a_page_of_an_origin_like_ours_exchanges_nothing(world: World) -> Result<()> {
    let target = format!("{}/api/token", world.site().url());
    let body = format!(
        r#"{{"provider":"aniapi","code":"{}","redirect_uri":"{}/auth"}}"#,
        world.emulator().issue_code(PERSON),
        world.site().url()
    );
    // Same host, other port: to cookies it is the same site.
    for name in ["localhost", "app.localhost", "127.0.0.1"] {
        world.site().forget();
        let page = format!(
            "<script>fetch('{target}', {{ method: 'POST', mode: 'no-cors', body: '{body}', headers: {{ 'content-type': 'text/plain' }} }})</script>"
        );
        let attacker = Attacker::start(page).await?;
        let url = attacker.url().replace("127.0.0.1", name);
        world.browser.goto(&url).await?;
        world.until_there(name, |world| world.site().exchanges() == 1).await?;
        let origin = world.site().calls()[0].headers.get("origin").context("a POST says where it is from")?.clone();
        ensure!(origin == url.as_str() && origin != world.site().url().as_str(), "{origin:?}");
    }
    ensure!(world.emulator().exchanges() == 0, "a code was exchanged for another origin");
    Ok(())
}

/// The app itself under another name of its server: nobody has registered that one.
pub async fn the_app_under_another_name_sends_nobody_away(world: World) -> Result<()> {
    for name in NAMES {
        let other = world.site().url().replace("localhost", name);
        world.browser.goto(&other).await?;
        world.press(LOG_IN).await?;
        world.is_alerted("This address is not registered for logging in").await?;
        ensure!(world.browser.current_url().await?.as_str().starts_with(&other));
        ensure!(world.emulator().seen().is_empty(), "{name}");
        ensure!(world.script("return sessionStorage.length").await? == 0, "{name}");
    }
    Ok(())
}

/// And has no part in what the tab remembers under the right one.
pub async fn a_callback_under_another_name_is_not_believed(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    let code = world.emulator().issue_code(PERSON);
    for name in NAMES {
        let other = world.site().url().replace("localhost", name);
        world.browser.goto(format!("{other}/auth?code={code}&state={state}")).await?;
        world.is_alerted("does not belong to a login of this tab").await?;
    }
    ensure!(world.site().exchanges() == 0);
    Ok(())
}
