//! Foreign responses to each of the app's requests: an edge, the platform or a proxy responds in place of the function
//! or the provider, or nothing responds. Each case has a text, and a retry works.

use anyhow::{Context as _, Result, ensure};
use emulator::aniapi::{Endpoint, Fault};
use serde_json::json;

use browser::canned::Canned;
use browser::world::{LOG_IN, PASSWORD, PERSON, World};

/// An address at which nothing listens.
const UNUSED: &str = "http://127.0.0.1:1";

const BLOCKED: &str = "Something between you and the app’s server blocked the request";
const MANY: &str = "Too many people are logging in";
const AWAY: &str = "not available right now";
const NONSENSE: &str = "sent an unexpected reply";
const NOTHING: &str = "The app’s server could not be reached";

/// Responses that may come in place of the function's, and the text for each.
fn answers() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let broken_off =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"providers\":[{\"id\":\"ani";
    vec![
        ("the edge's 403", Canned::html(403, "<h1>403 ERROR</h1><p>Request blocked.</p>"), BLOCKED),
        ("the platform's 429", Canned::json(429, r#"{"message":"Too Many Requests"}"#), MANY),
        ("the platform's 502", Canned::json(502, r#"{"message":"Internal Server Error"}"#), AWAY),
        ("the platform's own message", Canned::json(502, r#"{"Message":"Forbidden"}"#), AWAY),
        ("an edge that cannot reach its origin", Canned::html(503, "<h1>503 ERROR</h1>"), AWAY),
        ("the edge's 504", Canned::html(504, "<h1>504 Gateway Timeout ERROR</h1>"), AWAY),
        ("an unknown status", Canned::html(599, ""), NONSENSE),
        (
            "a page in place of JSON",
            Canned::html(200, "<!doctype html><title>Welcome to the hotel's Wi-Fi</title>"),
            NONSENSE,
        ),
        ("a page labelled as JSON", Canned::json(200, "<!doctype html>"), NONSENSE),
        ("an empty response", Canned::json(200, ""), NONSENSE),
        ("another object", Canned::json(200, r#"{"hello":"world"}"#), NONSENSE),
        ("half an object", Canned::json(200, r#"{"access_token":"t","token_type":"Bea"#), NONSENSE),
        ("a token with an error status", Canned::json(502, r#"{"access_token":"t","token_type":"Bearer"}"#), AWAY),
        ("a truncated response", broken_off.to_vec(), NOTHING),
        ("a closed connection", Vec::new(), AWAY),
    ]
}

pub async fn foreign_response_in_place_of_the_configuration_is_reported(world: World) -> Result<()> {
    world.keep_no_cache().await?;
    for (case, bytes, sentence) in answers() {
        let canned = Canned::start(bytes).await?;
        world.site().point_at(canned.url());
        world.open("/").await?;
        world.is_alerted(sentence).await.context(case)?;
        world.site().point_at(&world.stack.function_url);
        world.press("Try again").await?;
        // Only the failed request is repeated; no login begins.
        world.sees(LOG_IN).await.context(case)?;
    }
    Ok(())
}

pub async fn foreign_response_in_place_of_a_token_is_reported(world: World) -> Result<()> {
    for (case, bytes, sentence) in answers() {
        world.open("/?page=2").await?;
        world.sees(LOG_IN).await?;
        let state = world.begin().await?;
        let code = world.emulator().issue_code(PERSON);
        let canned = Canned::start(bytes).await?;
        world.site().forget();
        world.site().point_at(canned.url());
        world.open(&format!("/auth?code={code}&state={state}")).await?;
        world.is_alerted(sentence).await.context(case)?;
        ensure!(world.site().exchanges() == 1, "{case}: the code was sent {} times", world.site().exchanges());
        ensure!(world.script("return sessionStorage.getItem('aniapi-login.session')").await?.is_null(), "{case}");
        world.site().point_at(&world.stack.function_url);
        world.press("Try again").await?;
        world.finish().await.context(case)?;
        ensure!(world.place().await? == "/?page=2", "{case}: at {}", world.place().await?);
        world.press("Log out").await?;
        world.emulator().reset();
    }
    Ok(())
}

/// The profile comes from the provider, whose edge and platform send errors of their own.
pub async fn foreign_response_in_place_of_a_profile_leaves_the_person_signed_in(world: World) -> Result<()> {
    world.log_in().await?;
    let raw = |status, body: &str, more: &[(&str, &str)]| {
        let allowed = [("access-control-allow-origin", "*"), ("access-control-allow-headers", "authorization")];
        let headers = allowed.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Fault::Raw { status, headers: headers.collect(), body: body.as_bytes().to_vec() }
    };
    let good = json!({ "status_code": 200, "data": { "username": "theirs" } }).to_string();
    for fault in [
        raw(403, "<h1>403 ERROR</h1>", &[]),
        raw(429, r#"{"message":"Too Many Requests"}"#, &[]),
        raw(502, "", &[]),
        raw(504, "<h1>504</h1>", &[]),
        raw(200, "<!doctype html>", &[]),
        raw(200, "", &[]),
        raw(200, r#"{"status_code":200,"data":{"username":"#, &[]),
        raw(200, r#"{"status_code":200,"data":{"username":7}}"#, &[]),
        raw(200, r#"{"status_code":200,"data":{}}"#, &[]),
        raw(200, &good, &[("content-length", "500")]),
        // Following a redirect would send the token to another place.
        raw(302, "", &[("location", "https://evil.example/")]),
        raw(307, "", &[("location", "/v1/auth/you")]),
        Fault::Reset,
    ] {
        let case = format!("{fault:?}");
        world.emulator().misbehave(Endpoint::Profile, fault);
        world.browser.refresh().await?;
        world.is_alerted("Your profile could not be loaded").await.context(case)?;
        world.sees("You are signed in").await?;
        world.sees_not("theirs").await?;
        let elsewhere = world.emulator().seen().into_iter().find(|request| request.path == "/v1/auth/you");
        ensure!(elsewhere.is_none(), "the redirect was followed: {elsewhere:?}");
        world.emulator().reset();
        world.press("Reload your profile").await?;
        world.is_greeted().await?;
    }
    ensure!(world.site().exchanges() == 1);
    Ok(())
}

pub async fn missing_response_is_reported_for_each_request(world: World) -> Result<()> {
    let cdp = world.browser.cdp();
    cdp.send_raw("Network.enable", json!({})).await?;
    let block = async |urls: &[&str]| {
        cdp.send_raw("Network.setBlockedURLs", json!({ "urls": urls })).await.context("blocking an address")
    };
    world.open("/anywhere").await?;
    block(&["*/api/config"]).await?;
    world.open("/").await?;
    world.is_alerted(NOTHING).await?;
    block(&[]).await?;
    world.press("Try again").await?;
    world.begin().await?;

    block(&["*/api/token"]).await?;
    world.give(PERSON, PASSWORD).await?;
    world.is_alerted(NOTHING).await?;
    block(&["*/v1/auth/me"]).await?;
    world.press("Try again").await?;
    world.is_at_the_provider().await?;
    world.give(PERSON, PASSWORD).await?;
    world.is_alerted("Your profile could not be loaded").await?;
    block(&[]).await?;
    world.press("Reload your profile").await?;
    world.is_greeted().await
}

pub async fn unavailable_function_is_reported_and_can_be_retried(world: World) -> Result<()> {
    world.site().point_at(UNUSED);
    world.open("/").await?;
    world.is_alerted("not available right now").await?;
    world.site().point_at(&world.stack.function_url);
    world.press("Try again").await?;
    world.begin().await?;
    world.finish().await
}

pub async fn function_outage_during_a_login_is_reported(world: World) -> Result<()> {
    world.open("/").await?;
    world.begin().await?;
    world.site().point_at(UNUSED);
    world.give(PERSON, PASSWORD).await?;
    world.is_alerted("not available right now").await?;
    world.site().point_at(&world.stack.function_url);
    world.press("Try again").await?;
    world.finish().await
}
