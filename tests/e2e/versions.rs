//! The app with older and newer versions: a page that was loaded before the function was deployed again, and the
//! reverse; and data that an older version stored.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use browser::canned::Canned;
use browser::world::{LOG_IN, PERSON, World};

/// The configuration from this stack's function.
async fn config(world: &World) -> Result<Value> {
    world.keep_no_cache().await?;
    world.open("/anywhere").await?;
    let fetch = "const done = arguments[0]; fetch('/api/config').then((answer) => answer.json()).then(done)";
    Ok(world.browser.execute_async(fetch, vec![]).await?.json().clone())
}

pub async fn additional_members_of_a_newer_function_are_ignored(world: World) -> Result<()> {
    let mut config = config(&world).await?;
    config["newer"] = json!({ "a": [1] });
    config["providers"][0]["newer"] = json!("x");
    let canned = Canned::start(Canned::json(200, &config.to_string())).await?;
    world.site().point_at(canned.url());
    world.open("/").await?;
    world.begin().await?;
    world.site().point_at(&world.stack.function_url);
    world.finish().await
}

/// A provider that this page does not know: the login works, but the profile is unknown.
pub async fn provider_unknown_to_the_page_signs_in_without_a_name(world: World) -> Result<()> {
    let mut config = config(&world).await?;
    config["providers"][0]["id"] = json!("newer");
    config["providers"][0]["name"] = json!("Newer");
    let canned = Canned::start(Canned::json(200, &config.to_string())).await?;
    world.site().point_at(canned.url());
    world.open("/").await?;
    world.press("Log in with Newer").await?;
    let state = world.is_at_the_provider().await?;
    let token = r#"{"access_token":"t0ken","token_type":"Bearer","expires_in":3600,"newer":1}"#;
    let canned = Canned::start(Canned::json(200, token)).await?;
    world.site().point_at(canned.url());
    world.open(&format!("/auth?code=c&state={state}")).await?;
    world.sees("You are signed in").await
}

pub async fn unknown_error_of_a_newer_function_is_reported(world: World) -> Result<()> {
    for (status, error, retry, sentence) in [
        (400, "invalid_request", "no", "Reload the page"),
        (400, "newer_error", "no", "The login did not work"),
        (503, "newer_error", "newer_retry", "The login did not work"),
    ] {
        world.open("/").await?;
        let state = world.begin().await?;
        let refusal = json!({ "error": error, "message": "x", "retry": retry, "request_id": "id", "newer": 1 });
        let canned = Canned::start(Canned::json(status, &refusal.to_string())).await?;
        world.site().point_at(canned.url());
        world.open(&format!("/auth?code=c&state={state}")).await?;
        world.is_alerted(sentence).await.context(error)?;
        world.site().point_at(&world.stack.function_url);
    }
    Ok(())
}

/// Required members that are missing cannot be replaced.
pub async fn missing_members_of_an_older_function_are_reported(world: World) -> Result<()> {
    let whole = config(&world).await?;
    for field in ["id", "name", "client_id", "authorize_url", "redirect_uris"] {
        let mut config = whole.clone();
        config["providers"][0].as_object_mut().context("the provider is not an object")?.remove(field);
        let canned = Canned::start(Canned::json(200, &config.to_string())).await?;
        world.site().point_at(canned.url());
        world.open("/").await?;
        world.is_alerted("sent an unexpected reply").await.context(field)?;
    }
    let canned = Canned::start(Canned::json(200, r#"{"providers":[]}"#)).await?;
    world.site().point_at(canned.url());
    world.open("/auth?error=access_denied&state=x").await?;
    world.press("Try again").await?;
    world.is_alerted("no longer offers this way to log in").await
}

/// Data of a version that stored other fields: such a login is rejected, such a session is ignored, and neither breaks
/// anything.
pub async fn stored_data_of_another_version_breaks_nothing(world: World) -> Result<()> {
    for entry in ["", "null", "7", "{", "[]", "{}", r#"{"provider":"aniapi"}"#, r#"{"v":2,"access_token":"t"}"#] {
        world.open("/anywhere").await?;
        let keep = format!(
            "for (const key of ['pending.old', 'session']) sessionStorage.setItem('aniapi-login.' + key, {entry:?});
             localStorage.setItem('aniapi-login.signed-out', {entry:?});"
        );
        world.script(&keep).await?;
        world.open("/").await?;
        world.sees(LOG_IN).await.context(entry)?;
        world.open("/auth?code=c&state=old").await?;
        world.is_alerted("does not match a login in this tab").await.context(entry)?;
    }
    ensure!(world.site().exchanges() == 0);
    world.open("/").await?;
    let state = world.begin().await?;
    // Unknown fields are ignored.
    world.open("/anywhere").await?;
    world.tamper("aniapi-login.pending.", "entry.newer = 1").await?;
    let code = world.emulator().issue_code(PERSON);
    world.open(&format!("/auth?code={code}&state={state}")).await?;
    world.is_greeted().await?;
    world.tamper("aniapi-login.session", "entry.newer = 1").await?;
    world.browser.refresh().await?;
    world.is_greeted().await
}
