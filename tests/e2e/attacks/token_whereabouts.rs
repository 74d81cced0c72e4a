//! The attacker wants the token, and looks in every place in which a browser stores data (RFC 10017, 8). Defence: it is
//! only in `sessionStorage`, which only this origin and this tab can read.

use anyhow::{Context as _, Result, ensure};

use browser::world::World;

pub async fn token_is_only_in_the_tabs_session_storage(world: World) -> Result<()> {
    world.log_in().await?;
    let session = world.script("return JSON.parse(sessionStorage.getItem('aniapi-login.session'))").await?;
    let token = session["access_token"].as_str().unwrap_or_default().to_owned();
    ensure!(token.split('.').count() == 3, "{session}");
    ensure!(world.script("return Object.keys(sessionStorage).length").await? == 1, "the pending login is still stored");
    let elsewhere = world
        .browser
        .execute_async(
            "const done = arguments[0];
             (async () => {
                const cached = [];
                for (const name of await caches.keys()) cached.push(name);
                return [
                    JSON.stringify(localStorage), document.cookie, location.href, name, JSON.stringify(history.state),
                    document.documentElement.outerHTML, cached.join(),
                    JSON.stringify(await indexedDB.databases()),
                    (await navigator.serviceWorker.getRegistrations()).length,
                    Object.keys(window).filter((key) => typeof window[key] === 'string').map((key) => window[key]).join(),
                    performance.getEntriesByType('resource').map((entry) => entry.name).join(),
                ];
             })().then(done, (error) => done([String(error)]));",
            vec![],
        )
        .await?;
    let elsewhere = elsewhere.json().as_array().context("the script returned no list")?.clone();
    ensure!(elsewhere.len() == 11, "{elsewhere:?}");
    for place in &elsewhere {
        ensure!(!place.to_string().contains(&token), "{place}");
    }
    let [_, cookie, .., _, _] = elsewhere.as_slice() else { unreachable!("there are eleven places") };
    ensure!(cookie == "" && elsewhere[6] == "" && elsewhere[7] == "[]" && elsewhere[8] == 0, "{elsewhere:?}");
    Ok(())
}
