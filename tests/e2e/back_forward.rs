//! The back-forward cache keeps a page as it was, with the person that it showed. A session in a cookie can change
//! without a notification to that page, so a restored page requests the session before it shows anyone.

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use browser::sessions::{SESSION, hashed};
use browser::world::{LOG_IN, World};

/// Records what is visible first when the page is restored: after its own listeners, and before anything is painted.
const WATCH: &str = "
    window.isTheSamePage = true;
    addEventListener('pageshow', () => requestAnimationFrame(() => window.seenFirst = document.body.outerHTML));";

pub async fn restored_page_is_signed_out_after_logging_out(world: World) -> Result<()> {
    leave_signed_in(&world).await?;
    world.press("Log out").await?;
    world.sees(LOG_IN).await?;
    world.until_there("the function ends the session", |world| world.session_requests("DELETE") >= 1).await?;
    come_back(&world).await?;
    world.site().release();
    world.sees(LOG_IN).await?;
    world.sees_not("demo").await
}

/// Only the cookie has changed in this browser.
pub async fn restored_page_checks_for_another_persons_session_first(world: World) -> Result<()> {
    leave_signed_in(&world).await?;
    log_in_unnoticed(&world, "moderator@aniapi.test").await?;
    come_back(&world).await?;
    world.site().release();
    world.sees("Moderator").await?;
    ensure!(world.script("return document.querySelector('.person h1').textContent").await? == "moderator");
    Ok(())
}

pub async fn restored_page_checks_for_a_missing_cookie_first(world: World) -> Result<()> {
    leave_signed_in(&world).await?;
    world.delete_session_cookies().await?;
    come_back(&world).await?;
    world.site().release();
    world.sees(LOG_IN).await?;
    world.sees_not("demo").await
}

/// It is the same person, and the page is shown as it was.
pub async fn restored_page_shows_its_own_session_again(world: World) -> Result<()> {
    leave_signed_in(&world).await?;
    come_back(&world).await?;
    world.site().release();
    world.is_greeted().await
}

/// Logs in, and leaves that page for another one of the app.
async fn leave_signed_in(world: &World) -> Result<()> {
    world.log_in().await?;
    world.script(WATCH).await?;
    world.open("/?other").await?;
    world.is_greeted().await
}

/// Goes back to the page that was left. It requests the session, the response is held back, and the page shows no one.
async fn come_back(world: &World) -> Result<()> {
    world.site().hold(Method::GET, SESSION);
    world.site().forget();
    world.browser.back().await?;
    world.until("the page is back as it was", "return window.isTheSamePage === true && 'seenFirst' in window").await?;
    world.until_there("the session is requested", |world| world.session_requests("GET") >= 1).await?;
    for seen in ["return window.seenFirst", "return document.body.outerHTML"] {
        let seen = world.script(seen).await?;
        let seen = seen.as_str().unwrap_or_default();
        ensure!(!seen.is_empty() && !seen.contains("demo"), "{seen}");
    }
    Ok(())
}

/// Puts another person's session into the cookie, as a script in the page could, without notifying the app.
async fn log_in_unnoticed(world: &World, email: &str) -> Result<()> {
    let code = world.emulator().issue_code(email);
    let body = json!({ "provider": "aniapi", "code": code, "redirect_uri": world.emulator().redirect_uri() });
    let script = "const [body, hash, done] = arguments;
        const headers = { 'content-type': 'application/json', 'x-amz-content-sha256': hash };
        fetch('/api/token', { method: 'POST', headers, body }).then(({ status }) => done(status), done)";
    let status: Value = world.browser.execute_async(script, hashed(&body.to_string())).await?.json().clone();
    ensure!(status == 200, "{status}");
    Ok(())
}
