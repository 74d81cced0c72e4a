//! An hour with a certified provider whose access tokens last a minute, and whose refresh tokens can be used once.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use stack::session::SessionMode;

use super::login::Login;
use super::server::{Exchange, Settings};
use crate::renewal::{CLOCK, advance};
use browser::sessions::hashed;
use browser::world::World;

/// The time between two checks by the page, and their number: more than an hour in total.
const STEP_S: u64 = 50;
const STEPS: u64 = 73;

/// The clocks of the page and of the provider advance together.
pub async fn one_minute_tokens_keep_the_person_signed_in_for_an_hour(world: World) -> Result<()> {
    let settings = Settings { access_token_s: 60, rotates: true, ..Settings::default() };
    let login = Login::at(world, &settings, &[]).await?;
    login.finish().await?;
    login.world.script(CLOCK).await?;
    login.world.script(WATCH).await?;
    for renewals in 1..=STEPS {
        login.server.advance(STEP_S).await?;
        advance(&login.world, i64::try_from(STEP_S * 1000)?).await?;
        let is_renewed =
            format!("return JSON.parse(localStorage.getItem('aniapi-login.hint'))?.renewals === {renewals}");
        login.world.until(&format!("renewal {renewals} of the session"), &is_renewed).await?;
        login.world.sees("Demo Person").await?;
    }
    ensure!(
        login.world.script("return [window.removed, document.contains(window.person)]").await? == json!([[], true])
    );

    let exchanges = login.server.exchanges().await?;
    let [first, rest @ ..] = &exchanges[..] else { anyhow::bail!("no code was exchanged") };
    ensure!(rest.len() as u64 == STEPS, "{} requests for {STEPS} renewals", rest.len());
    ensure!(rest.iter().all(|renewal| renewal.status == 200 && renewal.sent["grant_type"] == "refresh_token"));
    let used: BTreeSet<_> = rest.iter().map(|renewal| renewal.sent["refresh_token"].as_str()).collect();
    ensure!(used.len() == rest.len(), "a refresh token was used twice");

    let last = rest.last().context("there are no renewals")?;
    ensure!(!login.server.knows(token(first)?).await?, "the first access token is still valid");
    ensure!(login.server.knows(token(last)?).await?, "the last access token is not valid");
    let session = session(&login.world).await?;
    ensure!(session["renewals"] == STEPS && session["renewable"] == true, "{session}");
    let has_token = login.world.session_mode() == SessionMode::Cookie;
    ensure!(session["access_token"].as_str() == has_token.then_some(token(last)?), "{session}");
    login.world.browser.refresh().await?;
    login.world.sees("Demo Person").await?;

    // Control: the server ends the whole session if a refresh token is used again, so none was.
    let again = "const [id, body, hash, done] = arguments;
        const headers = { 'content-type': 'application/json', 'x-session': id, 'x-amz-content-sha256': hash };
        fetch('/api/session', { method: 'POST', headers, body })
            .then(async (answer) => done([answer.status, (await answer.json()).error ?? null]), done)";
    let cookies = login.world.browser.get_all_cookies().await?;
    let body = json!({ "renewals": session["renewals"] }).to_string();
    let renew = [vec![session["id"].clone()], hashed(&body)].concat();
    let renewed = login.world.browser.execute_async(again, renew.clone()).await?.json().clone();
    ensure!(renewed == json!([200, null]), "{renewed}");
    for cookie in cookies {
        login.world.browser.add_cookie(cookie).await?;
    }
    let refused = login.world.browser.execute_async(again, renew).await?.json().clone();
    ensure!(refused == json!([401, "invalid_session"]), "{refused}");
    let newest = login.server.exchanges().await?.into_iter().rfind(|exchange| exchange.status == 200);
    ensure!(
        !login.server.knows(token(&newest.context("there is no exchange")?)?).await?,
        "the reuse of a refresh token did not end the session"
    );
    Ok(())
}

/// Records every element that is removed from the page.
const WATCH: &str = "
    window.person = document.querySelector('main .person');
    window.removed = [];
    new MutationObserver((changes) => {
        for (const { removedNodes } of changes) {
            for (const node of removedNodes) if (node instanceof Element) window.removed.push(node.outerHTML);
        }
    }).observe(document.querySelector('main'), { childList: true, subtree: true });";

fn token(exchange: &Exchange) -> Result<&str> {
    exchange.answer["access_token"].as_str().context("no token was issued")
}

/// The session, as the function reports it.
async fn session(world: &World) -> Result<Value> {
    let ask = "const done = arguments[0];
        fetch('/api/session').then((answer) => answer.json()).then(({ session }) => done(session), (error) => done(`${error}`))";
    Ok(world.browser.execute_async(ask, vec![]).await?.json().clone())
}
