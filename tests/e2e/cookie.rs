//! Sessions in a cookie: new tabs, restarts, logging out, and a function that does not respond. In the modes `cookie`
//! and `proxy`.

use anyhow::{Result, ensure};
use emulator::Endpoint;
use reqwest::Method;
use serde_json::{Value, json};
use stack::session::SessionMode;

use browser::sessions::{SESSION, hashed};
use browser::world::{LOG_IN, World};

pub async fn reload_and_new_tab_are_signed_in(world: World) -> Result<()> {
    world.log_in().await?;
    let seen = calls(&world);
    world.browser.refresh().await?;
    world.is_greeted().await?;
    world.open_tab("/?other").await?;
    world.is_greeted().await?;
    ensure!(calls(&world) == seen, "the provider was asked again");
    Ok(())
}

pub async fn closed_browser_is_signed_in_when_it_is_opened_again(mut world: World) -> Result<()> {
    world.log_in().await?;
    let seen = calls(&world);
    world.reopen().await?;
    world.open("/").await?;
    world.is_greeted().await?;
    ensure!(calls(&world) == seen, "the provider was asked again");
    Ok(())
}

pub async fn page_requests_the_session_once_per_load(world: World) -> Result<()> {
    for place in ["/", "/?signed-in"] {
        world.site().forget();
        world.open(place).await?;
        if place == "/" {
            world.sees(LOG_IN).await?;
            ensure!(world.session_requests("GET") == 1, "{} requests", world.session_requests("GET"));
            world.begin().await?;
            world.finish().await?;
        } else {
            world.is_greeted().await?;
            ensure!(world.session_requests("GET") == 1, "{} requests", world.session_requests("GET"));
        }
    }
    let started =
        "return performance.getEntriesByName(`${location.origin}/api/session`).map((entry) => entry.initiatorType)";
    ensure!(world.script(started).await? == json!(["fetch"]), "the session was not requested by exactly one fetch");
    Ok(())
}

pub async fn no_token_is_in_storage_page_or_cookie_value(world: World) -> Result<()> {
    world.log_in().await?;
    let session = world.session_response().await?;
    let token = session["access_token"].as_str().map(str::to_owned);
    ensure!(token.is_some() == (world.session_mode() == SessionMode::Cookie), "{session}");
    let kept = world
        .script("return JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie + document.documentElement.outerHTML")
        .await?;
    let kept = kept.as_str().unwrap_or_default();
    let issued = world.emulator().issue_token("demo@aniapi.test");
    // All of AniAPI's tokens begin with the same part.
    let head = issued.split('.').next().unwrap_or_default();
    ensure!(!kept.contains(head), "{kept}");
    let [cookie] = &world.session_cookies().await?[..] else { anyhow::bail!("one cookie") };
    ensure!(cookie.http_only == Some(true), "{cookie:?}");
    ensure!(!cookie.value.contains(head), "{cookie:?}");
    Ok(())
}

pub async fn logging_out_clears_the_cookie_and_signs_out_every_tab(world: World) -> Result<()> {
    world.log_in().await?;
    let first = world.browser.window().await?;
    world.open_tab("/").await?;
    world.is_greeted().await?;
    world.press("Log out").await?;
    world.sees(LOG_IN).await?;
    world.sees("may still remember you in this browser").await?;
    world.until_there("the function ends the session", |world| world.session_requests("DELETE") >= 1).await?;
    world.go_to_tab(&first).await?;
    world.is_alerted("you logged out in another tab").await?;
    world.browser.refresh().await?;
    world.sees(LOG_IN).await?;
    ensure!(world.session_cookies().await?.is_empty(), "the cookie is still there");
    world.begin().await?;
    world.finish().await
}

/// Logging out needs no network: a session that could not be deleted is deleted at the next opportunity.
pub async fn logging_out_while_the_function_is_down_is_final(world: World) -> Result<()> {
    world.log_in().await?;
    world.cut_off();
    world.press("Log out").await?;
    world.sees(LOG_IN).await?;
    world.until_there("the function is asked without success", |world| world.session_requests("DELETE") >= 1).await?;
    ensure!(!world.session_cookies().await?.is_empty(), "the cookie is gone already");
    world.bring_back();
    world.site().forget();
    world.browser.refresh().await?;
    world.sees(LOG_IN).await?;
    world.until_there("the function is asked again", |world| world.session_requests("DELETE") >= 1).await?;
    world.has_no_session().await?;
    world.sees_not("demo").await
}

pub async fn page_without_a_session_response_says_so_and_retries(world: World) -> Result<()> {
    world.log_in().await?;
    world.site().hold(Method::GET, SESSION);
    world.open("/").await?;
    world.sees("You are signed in").await?;
    world.sees_not(LOG_IN).await?;
    world.site().release();
    world.is_greeted().await?;

    // The function becomes unavailable between its two responses.
    world.site().forget();
    world.site().hold(Method::GET, SESSION);
    world.browser.refresh().await?;
    world
        .until(
            "the configuration is there",
            "const asked = performance.getEntriesByName(`${location.origin}/api/config`);
            return asked.length > 0 && asked.every((entry) => entry.responseEnd > 0) && !document.querySelector('.shell')",
        )
        .await?;
    let gone = world.replace_function(503).await?;
    world.site().release();
    world.is_alerted("could not find out whether you are signed in").await?;
    world.sees_not(LOG_IN).await?;
    drop(gone);
    world.bring_back();
    // The page retries after two seconds.
    world.is_greeted().await?;

    // The function is not available from the start.
    let gone = world.replace_function(503).await?;
    world.browser.refresh().await?;
    world.is_alerted("server is not available right now").await?;
    world.sees_not(LOG_IN).await?;
    drop(gone);
    world.bring_back();
    world.is_greeted().await
}

pub async fn corrupted_cookie_is_no_session(world: World) -> Result<()> {
    world.log_in().await?;
    let changes: [fn(&str) -> String; 4] = [
        |value| value[..value.len() / 2].to_owned(),
        |value| value.replacen(&value[20..24], "AAAA", 1),
        // Another format.
        |value| format!("0{}", &value[1..]),
        |_| "x".to_owned(),
    ];
    for change in changes {
        world.tamper_with_session_cookies(change).await?;
        world.browser.refresh().await?;
        world.sees(LOG_IN).await?;
        world.begin().await?;
        world.finish().await?;
    }
    Ok(())
}

/// A page that is already open reports it as soon as it checks.
pub async fn deleted_cookie_ends_the_session(world: World) -> Result<()> {
    world.log_in().await?;
    let first = world.browser.window().await?;
    world.open_tab("/").await?;
    world.is_greeted().await?;
    world.delete_session_cookies().await?;
    world.browser.refresh().await?;
    world.sees(LOG_IN).await?;
    world.go_to_tab(&first).await?;
    // The page still shows the person; its next request for the session finds out.
    world.script("new BroadcastChannel('aniapi-login').postMessage(JSON.stringify({ changed: 'test' }))").await?;
    world.is_alerted("Your session has ended").await
}

pub async fn unsolicited_callback_leaves_the_person_signed_in(world: World) -> Result<()> {
    world.log_in().await?;
    world.open_tab("/auth?code=made-up&state=made-up").await?;
    world.is_greeted().await?;
    ensure!(world.place().await? == "/", "at {}", world.place().await?);
    ensure!(world.script("return document.querySelector('[role=alert]')").await?.is_null());
    Ok(())
}

pub async fn login_of_another_person_shows_in_every_tab(world: World) -> Result<()> {
    world.log_in().await?;
    let first = world.browser.window().await?;
    // A login of another person that began before this tab had the first session.
    let body = token_body(&world, "moderator@aniapi.test");
    world.open_tab("/").await?;
    world.is_greeted().await?;
    let session = exchange(&world, body).await?;
    ensure!(session["profile"]["name"] == "moderator", "{session}");
    world.script("new BroadcastChannel('aniapi-login').postMessage(JSON.stringify({ changed: 'test' }))").await?;
    world.go_to_tab(&first).await?;
    world.sees("Moderator").await
}

/// The number of token and profile requests to the provider; pictures do not count.
fn calls(world: &World) -> usize {
    let emulator = world.emulator();
    let paths = [Endpoint::Token, Endpoint::Profile].map(|endpoint| emulator.path(endpoint));
    emulator.seen().iter().filter(|seen| paths.contains(&seen.path.as_str())).count()
}

/// The body of a token request, as the app would send it for this person.
fn token_body(world: &World, email: &str) -> Value {
    let code = world.emulator().issue_code(email);
    json!({ "provider": "aniapi", "code": code, "redirect_uri": world.emulator().redirect_uri() })
}

/// Exchanges a code, as a script in the page can.
async fn exchange(world: &World, body: Value) -> Result<Value> {
    let script = "const [body, hash, done] = arguments;
        const headers = { 'content-type': 'application/json', 'x-amz-content-sha256': hash };
        fetch('/api/token', { method: 'POST', headers, body })
            .then((answer) => answer.json()).then(done, (error) => done(String(error)))";
    Ok(world.browser.execute_async(script, hashed(&body.to_string())).await?.json().clone())
}
