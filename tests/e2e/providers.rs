//! A login with each of several providers, every one with its own button and its own deviations from the standard.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use emulator::{Endpoint, Service};

use browser::world::{LOG_IN, PASSWORD, PERSON, World, log_in_with};

/// All except AniAPI, which the other tests cover.
pub fn others() -> impl Iterator<Item = Service> {
    Service::ALL.into_iter().filter(|service| *service != Service::AniApi)
}

/// Their profiles have no picture: the emulated person has none, or a page could not show it.
const WITHOUT_PICTURE: [Service; 3] = [Service::Discord, Service::Microsoft, Service::Trakt];

pub async fn each_provider_has_its_own_button(world: World) -> Result<()> {
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    let labels =
        world.script("return [...document.querySelectorAll('main button')].map((button) => button.textContent)");
    let labels = labels.await?;
    let expected = serde_json::json!(Service::ALL.map(log_in_with));
    ensure!(labels == expected, "{labels}");
    for service in Service::ALL {
        world.open("/").await?;
        world.begin_with(service).await?;
    }
    Ok(())
}

pub async fn a_person_logs_in_with_each_provider(world: World) -> Result<()> {
    let watch = "addEventListener('securitypolicyviolation', (event) => {
        localStorage.setItem('violation', `${event.violatedDirective} ${event.blockedURI}`);
    })";
    world.on_every_page(watch).await?;
    for service in others() {
        world.site().forget();
        world.open("/?page=2#top").await?;
        world.begin_with(service).await?;
        world.give(PERSON, PASSWORD).await?;
        is_signed_in(&world, service).await?;
        if service.lets_pages_ask() {
            world.sees("demo").await?;
            let is_painted = "return document.querySelector('img.avatar')?.naturalWidth > 0";
            if !WITHOUT_PICTURE.contains(&service) {
                world.until("the picture is painted", is_painted).await?;
            }
        } else {
            ensure!(world.script("return document.querySelector('[role=alert]')").await?.is_null());
            world.sees_not("Reload your profile").await?;
        }
        // If the provider sends no lifetime, the function sets one.
        let says = "return /Signed in until|Your session ends in/.test(document.body.innerText)";
        ensure!(world.script(says).await? == true, "{service:?}");
        ensure!(world.place().await? == "/?page=2#top", "at {}", world.place().await?);
        ensure!(world.site().exchanges() == 1);
        has_referer_only_where_required(&world, service)?;

        // No other provider has received the code or the token.
        for emulator in &world.stack.emulators {
            let is_it = emulator.service() == service;
            ensure!(emulator.exchanges() == usize::from(is_it), "{:?} at {service:?}", emulator.service());
            ensure!(is_it || emulator.calls().is_empty(), "{:?} at {service:?}", emulator.service());
        }
        world.browser.refresh().await?;
        is_signed_in(&world, service).await?;
        world.press("Log out").await?;
        world.sees(LOG_IN).await?;
        world.emulator_of(service).reset();
    }
    let violation = world.script("return localStorage.getItem('violation')").await?;
    ensure!(violation.is_null(), "{violation}");
    let complaints = world.browser.browser_log().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}

/// AniList's API requires a `Referer`, so it gets the app's origin; its other endpoints and the other providers do not
/// learn which app it is.
fn has_referer_only_where_required(world: &World, service: Service) -> Result<()> {
    let emulator = world.emulator_of(service);
    for request in emulator.seen() {
        let is_for_api = service == Service::AniList && request.path == emulator.path(Endpoint::Profile);
        let expected = format!("{}/", world.site().url().trim_end_matches('/'));
        let expected = (is_for_api && request.method == "POST").then_some(&*expected);
        let referer = request.header("referer").filter(|referer| !referer.starts_with(&emulator.url()));
        // A preflight request has none.
        ensure!(referer == expected || request.method == "OPTIONS", "{service:?} {}: {referer:?}", request.path);
    }
    Ok(())
}

pub async fn cancelled_login_is_reported_and_can_be_retried(world: World) -> Result<()> {
    for service in others() {
        world.open("/?page=2").await?;
        world.begin_with(service).await?;
        world.find("#deny").await?.click().await?;
        world.is_alerted("The login was cancelled").await?;
        let own = format!("/auth/{}", service.id());
        ensure!(world.place().await? == own, "at {}", world.place().await?);
        ensure!(world.site().exchanges() == 0 && world.emulator_of(service).exchanges() == 0);
        world.press("Try again").await?;
        world.is_at(service).await?;
        world.give(PERSON, PASSWORD).await?;
        is_signed_in(&world, service).await?;
        world.press("Log out").await?;
        world.site().forget();
        world.emulator_of(service).reset();
    }
    Ok(())
}

pub async fn expired_code_is_reported_and_can_be_retried(world: World) -> Result<()> {
    for service in others() {
        world.open("/").await?;
        world.begin_with(service).await?;
        let callback = callback(&world).await?;
        world.emulator_of(service).advance(Duration::from_secs(601));
        world.browser.goto(callback).await?;
        world.is_alerted("no longer accepts this login").await?;
        ensure!(world.emulator_of(service).exchanges() == 1);
        world.press("Try again").await?;
        world.is_at(service).await?;
        world.give(PERSON, PASSWORD).await?;
        is_signed_in(&world, service).await?;
        world.press("Log out").await?;
    }
    Ok(())
}

pub async fn unknown_code_is_reported(world: World) -> Result<()> {
    for service in others() {
        world.open("/").await?;
        let state = world.begin_with(service).await?;
        let issuer = world.emulator_of(service).issuer().map(|issuer| format!("&iss={issuer}")).unwrap_or_default();
        world.open(&format!("/auth/{}?code=made-up&state={state}{issuer}", service.id())).await?;
        world.is_alerted("no longer accepts this login").await?;
        ensure!(world.emulator_of(service).exchanges() == 1);
    }
    Ok(())
}

pub async fn a_refresh_token_never_reaches_the_browser(world: World) -> Result<()> {
    for service in [Service::MyAnimeList, Service::AniList, Service::OAuth2] {
        world.open("/").await?;
        world.begin_with(service).await?;
        world.give(PERSON, PASSWORD).await?;
        is_signed_in(&world, service).await?;
        let refresh_token = world.emulator_of(service).refresh_tokens().pop().context("no refresh token was issued")?;
        let kept = world
            .script(
                "return [JSON.stringify(sessionStorage), JSON.stringify(localStorage), document.cookie,
                    document.documentElement.outerHTML].join()",
            )
            .await?
            .to_string();
        let responses = String::from_utf8_lossy(&world.site().responses()).into_owned();
        ensure!(
            kept.contains("access_token") && responses.contains("access_token"),
            "the access token was not found either"
        );
        for hidden in [refresh_token.as_str(), "refresh_token"] {
            ensure!(!kept.contains(hidden), "{service:?}: the browser has it");
            ensure!(!responses.contains(hidden), "{service:?}: a response of the function has it");
        }
        world.press("Log out").await?;
    }
    Ok(())
}

/// Waits until the page shows everything that it will know about the person.
async fn is_signed_in(world: &World, service: Service) -> Result<()> {
    if service.lets_pages_ask() {
        return world.is_greeted().await;
    }
    let shows_it = "return document.querySelector('main h1')?.textContent === 'You are signed in'
        && !document.querySelector('[role=status]:not(:empty)')";
    world.until("the person is signed in without a name", shows_it).await
}

/// Logs in on the provider's page, which is open, without following the redirect. Returns its address.
pub async fn callback(world: &World) -> Result<String> {
    let log_in = format!(
        "const done = arguments[0];
         fetch(location.href, {{
             method: 'POST', body: JSON.stringify({{ email: '{PERSON}', password: '{PASSWORD}' }}),
         }}).then((answer) => answer.json()).then((answer) => done(answer.data))"
    );
    let address = world.browser.execute_async(&log_in, vec![]).await?;
    Ok(address.json().as_str().context("the login has no redirect")?.to_owned())
}

/// Each provider rejects a token in its own way.
pub async fn token_rejected_by_a_provider_ends_the_session(world: World) -> Result<()> {
    for service in others().filter(|service| service.lets_pages_ask()) {
        world.open("/").await?;
        world.begin_with(service).await?;
        world.give(PERSON, PASSWORD).await?;
        world.is_greeted().await?;
        world.tamper("aniapi-login.session", "entry.access_token = 'revoked'").await?;
        world.browser.refresh().await?;
        world.is_alerted("Your session has ended").await.with_context(|| format!("{service:?}"))?;
        ensure!(world.script("return sessionStorage.getItem('aniapi-login.session')").await?.is_null());
    }
    Ok(())
}
