//! The attacker wants to pass for us with an origin that a careless comparison takes for ours: another port, another
//! name of the same machine, a subdomain or a sibling (RFC 9700, 4.1; RFC 10017, 6.1.3.3). Defence: whole origins are
//! compared, character for character.

use anyhow::{Context as _, Result, ensure};

use super::attacker::Attacker;
use browser::world::{LOG_IN, PERSON, World};

/// Other names under which a browser finds this machine.
const NAMES: [&str; 4] = ["127.0.0.1", "app.localhost", "localhost.app.localhost", "[::1]"];

pub async fn page_of_a_look_alike_origin_exchanges_nothing(world: World) -> Result<()> {
    let target = format!("{}/api/token", world.site().url());
    let body = format!(
        r#"{{"provider":"aniapi","code":"{}","redirect_uri":"{}/auth"}}"#,
        world.emulator().issue_code(PERSON),
        world.site().url()
    );
    // Same host, other port: the same site for cookies.
    for name in ["localhost", "app.localhost", "127.0.0.1"] {
        world.site().forget();
        let page = format!(
            "<script>fetch('{target}', {{ method: 'POST', mode: 'no-cors', body: '{body}', headers: {{ 'content-type': 'text/plain' }} }})</script>"
        );
        let attacker = Attacker::start(page).await?;
        let url = attacker.url().replace("127.0.0.1", name);
        world.browser.goto(&url).await?;
        world.until_there(name, |world| world.site().exchanges() == 1).await?;
        let origin = world.site().calls()[0].headers.get("origin").context("the POST has no Origin")?.clone();
        ensure!(origin == url.as_str() && origin != world.site().url().as_str(), "{origin:?}");
    }
    ensure!(world.emulator().exchanges() == 0, "a code was exchanged for another origin");
    Ok(())
}

/// The app under another name of its server, which is not registered.
pub async fn app_under_another_name_begins_no_login(world: World) -> Result<()> {
    for name in NAMES {
        let other = world.site().url().replace("localhost", name);
        world.browser.goto(&other).await?;
        world.press(LOG_IN).await?;
        world.is_alerted("You cannot log in at this address").await?;
        ensure!(world.browser.current_url().await?.as_str().starts_with(&other));
        ensure!(world.emulator().calls().is_empty(), "{name}");
        ensure!(world.script("return sessionStorage.length").await? == 0, "{name}");
    }
    Ok(())
}

/// Nor does it share the tab's storage under the registered name.
pub async fn callback_under_another_name_is_rejected(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    let code = world.emulator().issue_code(PERSON);
    for name in NAMES {
        let other = world.site().url().replace("localhost", name);
        world.browser.goto(format!("{other}/auth?code={code}&state={state}")).await?;
        world.is_alerted("does not match a login in this tab").await?;
    }
    ensure!(world.site().exchanges() == 0);
    Ok(())
}
