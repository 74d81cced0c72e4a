//! The attacker runs a script in the page: the policy has failed, or a dependency of the app is malicious (RFC 10017,
//! 5.1). What such a script can get depends on the session mode; each test here is a row of the table in `SECURITY.md`.
//! No mode can stop it from calling the API while the page is open (RFC 10017, 5.1.4).

use anyhow::{Result, ensure};
use reqwest::{Method, StatusCode};
use serde_json::json;
use stack::session::SessionMode;

use super::thief::{
    TOKEN_S, call, call_with, client, close, elsewhere, log_in, log_in_before_the_thief, only, provider, session_id,
    tokens, where_are,
};
use browser::sessions::SESSION;
use browser::stacks::SESSION_KEYS;
use browser::world::World;

const OTHER: &str = "moderator@aniapi.test";

pub async fn injected_script_gets_the_access_token(world: World) -> Result<()> {
    log_in_before_the_thief(&world).await?;
    let places = only(where_are(&world, &tokens(&world)?).await?)?;
    let is_in = |place: &str| places.iter().any(|known| known == place);
    // In `tab` mode the token is in the storage as well.
    let is_tab = world.session_mode() == SessionMode::Tab;
    ensure!(is_in("sessionStorage") == is_tab && is_in("session") != is_tab && is_in("noted"), "{places:?}");
    ensure!(!is_in("localStorage") && !is_in("cookies") && !is_in("page"), "{places:?}");
    Ok(())
}

pub async fn injected_script_never_gets_an_access_token(world: World) -> Result<()> {
    let session = log_in_before_the_thief(&world).await?;
    // Nor by what the page can request: a renewal, the profile, an API call.
    for (method, path, body) in [
        (Method::POST, SESSION, json!({ "renewals": 0, "profile": true }).to_string()),
        (Method::GET, "/api/provider/status/200", String::new()),
    ] {
        let status = call(&world, &method, path, &session, &body).await?;
        ensure!(status == 200, "{path}: {status}");
    }
    let tokens = tokens(&world)?;
    ensure!(tokens.len() == 2, "the session was not renewed: {tokens:?}");
    for places in where_are(&world, &tokens).await? {
        ensure!(places.is_empty(), "{places:?}");
    }
    Ok(())
}

pub async fn injected_script_never_gets_a_refresh_token(world: World) -> Result<()> {
    let earlier = provider(&world).refresh_tokens();
    let session = log_in_before_the_thief(&world).await?;
    let is_tab = world.session_mode() == SessionMode::Tab;
    let status = call(&world, &Method::POST, SESSION, &session, r#"{"renewals":0}"#).await?;
    ensure!(status == if is_tab { 401 } else { 200 }, "{status}");
    let mut issued = provider(&world).refresh_tokens();
    issued.retain(|token| !earlier.contains(token));
    ensure!(issued.len() == if is_tab { 1 } else { 2 }, "{issued:?}");
    for places in where_are(&world, &issued).await? {
        ensure!(places.is_empty(), "{places:?}");
    }
    Ok(())
}

pub async fn injected_script_never_gets_the_session_cookie(world: World) -> Result<()> {
    log_in_before_the_thief(&world).await?;
    let [cookie] = &world.session_cookies().await?[..] else { anyhow::bail!("there is not one cookie") };
    // Control: a cookie that scripts may read is found.
    world.script("document.cookie = 'readable=a-cookie-for-scripts; path=/'").await?;
    let [readable, name, value] = &where_are(&world, &["a-cookie-for-scripts", &cookie.name, &cookie.value]).await?[..]
    else {
        anyhow::bail!("there are not three results")
    };
    ensure!(readable.iter().any(|place| place == "cookies"), "{readable:?}");
    ensure!(name.is_empty() && value.is_empty(), "{name:?} {value:?}");
    Ok(())
}

pub async fn injected_script_never_gets_the_session_key(world: World) -> Result<()> {
    log_in_before_the_thief(&world).await?;
    for places in where_are(&world, &SESSION_KEYS).await? {
        ensure!(places.is_empty(), "{places:?}");
    }
    Ok(())
}

pub async fn injected_script_calls_the_api_while_the_page_is_open(world: World) -> Result<()> {
    let session = log_in_before_the_thief(&world).await?;
    let call_api = || async {
        let (path, token) = match world.session_mode() {
            SessionMode::Proxy => ("/api/provider/status/200".to_owned(), String::new()),
            _ => (format!("{}/status/200", provider(&world).api_url()), tokens(&world)?.concat()),
        };
        call_with(&world, &Method::GET, &path, &session, "", &token).await
    };
    ensure!(call_api().await? == 200);
    ensure!(provider(&world).seen().iter().any(|seen| seen.path.ends_with("/status/200")), "the API was not called");
    Ok(())
}

/// The page is closed, but the script has already sent the token to the attacker.
pub async fn stolen_access_token_works_elsewhere_until_it_expires(world: World) -> Result<()> {
    let session = log_in_before_the_thief(&world).await?;
    let token = tokens(&world)?.concat();
    close(&world).await?;
    let api = format!("{}/status/200", provider(&world).api_url());
    let status = || async { Ok::<_, anyhow::Error>(client()?.get(&api).bearer_auth(&token).send().await?.status()) };
    ensure!(status().await? == StatusCode::OK);
    provider(&world).advance(std::time::Duration::from_secs(TOKEN_S + 1));
    ensure!(status().await? == StatusCode::UNAUTHORIZED);
    // It cannot be renewed without the cookie.
    elsewhere(&world, &session, None, [StatusCode::UNAUTHORIZED, StatusCode::NOT_FOUND]).await?;
    ensure!(provider(&world).renewal_attempts() == 0);
    Ok(())
}

pub async fn stolen_data_is_useless_after_the_page_is_closed(world: World) -> Result<()> {
    let session = log_in_before_the_thief(&world).await?;
    let [cookie] = &world.session_cookies().await?[..] else { anyhow::bail!("there is not one cookie") };
    close(&world).await?;
    let called = provider(&world).calls().len();
    elsewhere(&world, &session, None, [StatusCode::UNAUTHORIZED; 2]).await?;
    ensure!(provider(&world).calls().len() == called, "a request reached the provider");
    // Control: with the cookie, which no script gets, the requests succeed.
    let cookie = format!("{}={}", cookie.name, cookie.value);
    elsewhere(&world, &session, Some(&cookie), [StatusCode::OK; 2]).await
}

pub async fn injected_script_never_gets_another_persons_session(world: World) -> Result<()> {
    let theirs = log_in(&world, OTHER).await?;
    let cookies = world.session_cookies().await?;
    let mut needles = tokens(&world)?;
    needles.extend(cookies.iter().map(|cookie| cookie.value.clone()));
    needles.push(theirs.clone());
    // The other person has their own browser, and stays signed in there.
    world.delete_session_cookies().await?;
    world.script("sessionStorage.clear(); localStorage.clear()").await?;

    let ours = log_in_before_the_thief(&world).await?;
    ensure!(ours != theirs);
    if world.session_mode() != SessionMode::Tab {
        for (method, body) in [(Method::POST, r#"{"renewals":0}"#), (Method::DELETE, "")] {
            ensure!(call(&world, &method, SESSION, &theirs, body).await? == 409, "{method}");
        }
        // A script cannot replace a cookie that it cannot read.
        let [name, _] = world.session_cookie_names();
        world.script(&format!("document.cookie = '{name}=x; path=/'")).await?;
        ensure!(session_id(&world).await? == ours);
    }
    if world.session_mode() == SessionMode::Proxy {
        ensure!(call(&world, &Method::GET, "/api/provider/status/200", &theirs, "").await? == 409);
    }
    for (needle, places) in needles.iter().zip(where_are(&world, &needles).await?) {
        // What the script itself has sent or received does not count.
        ensure!(places.iter().all(|place| *needle == theirs && place == "noted"), "{needle}: {places:?}");
    }
    Ok(())
}
