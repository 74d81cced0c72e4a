//! A login with each provider, where there are several: each has its button, and speaks to the app in its own way.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use emulator::{Endpoint, Service};

use browser::world::{LOG_IN, PASSWORD, PERSON, World, log_in_with};

/// Those that are not AniAPI, which has all the other tests.
pub fn others() -> impl Iterator<Item = Service> {
    Service::ALL.into_iter().filter(|service| *service != Service::AniApi)
}

/// Their profiles have no picture: the emulated person has none there, or a page could not show it.
const WITHOUT_PICTURE: [Service; 3] = [Service::Discord, Service::Microsoft, Service::Trakt];

pub async fn each_provider_has_a_button_of_its_own(world: World) -> Result<()> {
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
            world.sees_not("Load the profile again").await?;
        }
        let has_an_end = ![Service::GitHub, Service::Annict].contains(&service);
        let says = "return /Signed in until|Your session ends in/.test(document.body.innerText)";
        let says_its_end = world.script(says).await?;
        ensure!(says_its_end == has_an_end, "{service:?}");
        ensure!(world.place().await? == "/?page=2#top", "at {}", world.place().await?);
        ensure!(world.site().exchanges() == 1);
        has_referer_only_where_required(&world, service)?;

        // Nobody else has heard of it: neither of the code nor of the token.
        for emulator in &world.stack.emulators {
            let is_it = emulator.service() == service;
            ensure!(emulator.exchanges() == usize::from(is_it), "{:?} at {service:?}", emulator.service());
            ensure!(is_it || emulator.seen().is_empty(), "{:?} at {service:?}", emulator.service());
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

/// AniList's API answers nothing without a `Referer`, so it gets the app's origin; its other addresses and the other providers
/// do not hear which app it is.
fn has_referer_only_where_required(world: &World, service: Service) -> Result<()> {
    let emulator = world.emulator_of(service);
    for request in emulator.seen() {
        let is_for_api = service == Service::AniList && request.path == emulator.path(Endpoint::Profile);
        let expected = format!("{}/", world.site().url().trim_end_matches('/'));
        let expected = (is_for_api && request.method == "POST").then_some(&*expected);
        let referer = request.header("referer").filter(|referer| !referer.starts_with(&emulator.url()));
        // What a browser asks in advance has none.
        ensure!(referer == expected || request.method == "OPTIONS", "{service:?} {}: {referer:?}", request.path);
    }
    Ok(())
}

pub async fn a_login_that_is_cancelled_is_told_and_can_be_tried_again(world: World) -> Result<()> {
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

pub async fn a_code_that_is_over_is_told_and_can_be_tried_again(world: World) -> Result<()> {
    for service in others() {
        world.open("/").await?;
        world.begin_with(service).await?;
        let callback = callback(&world).await?;
        world.emulator_of(service).advance(Duration::from_secs(601));
        world.browser.goto(callback).await?;
        world.is_alerted("does not accept this login any more").await?;
        ensure!(world.emulator_of(service).exchanges() == 1);
        world.press("Try again").await?;
        world.is_at(service).await?;
        world.give(PERSON, PASSWORD).await?;
        is_signed_in(&world, service).await?;
        world.press("Log out").await?;
    }
    Ok(())
}

pub async fn a_code_that_the_provider_never_gave_is_told(world: World) -> Result<()> {
    for service in others() {
        world.open("/").await?;
        let state = world.begin_with(service).await?;
        let issuer = world.emulator_of(service).issuer().map(|issuer| format!("&iss={issuer}")).unwrap_or_default();
        world.open(&format!("/auth/{}?code=made-up&state={state}{issuer}", service.id())).await?;
        world.is_alerted("does not accept this login any more").await?;
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
        let refresh_token = world.emulator_of(service).refresh_tokens().pop().context("one was issued")?;
        let kept = world
            .script(
                "return [JSON.stringify(sessionStorage), JSON.stringify(localStorage), document.cookie,
                    document.documentElement.outerHTML].join()",
            )
            .await?
            .to_string();
        let told = String::from_utf8_lossy(&world.site().told()).into_owned();
        ensure!(
            kept.contains("access_token") && told.contains("access_token"),
            "it was looked for in the right places"
        );
        for hidden in [refresh_token.as_str(), "refresh_token"] {
            ensure!(!kept.contains(hidden), "{service:?}: the browser keeps it");
            ensure!(!told.contains(hidden), "{service:?}: the function has told it");
        }
        world.press("Log out").await?;
    }
    Ok(())
}

/// Waits until the page shows all that it will know of the person.
async fn is_signed_in(world: &World, service: Service) -> Result<()> {
    if service.lets_pages_ask() {
        return world.is_greeted().await;
    }
    let shows_it = "return document.querySelector('main h1')?.textContent === 'You are signed in'
        && !document.querySelector('[role=status]:not(:empty)')";
    world.until("the person is signed in without a name", shows_it).await
}

/// Logs in at the provider's page, which is open, without going where it leads: gives that address.
pub async fn callback(world: &World) -> Result<String> {
    let log_in = format!(
        "const done = arguments[0];
         fetch(location.href, {{
             method: 'POST', body: JSON.stringify({{ email: '{PERSON}', password: '{PASSWORD}' }}),
         }}).then((answer) => answer.json()).then((answer) => done(answer.data))"
    );
    let address = world.browser.execute_async(&log_in, vec![]).await?;
    Ok(address.json().as_str().context("the login gives an address")?.to_owned())
}

/// Each says in its own way that a token is not good.
pub async fn a_token_that_a_provider_no_longer_accepts_ends_the_login(world: World) -> Result<()> {
    for service in others().filter(|service| service.lets_pages_ask()) {
        world.open("/").await?;
        world.begin_with(service).await?;
        world.give(PERSON, PASSWORD).await?;
        world.is_greeted().await?;
        world.tamper("aniapi-login.session", "entry.access_token = 'revoked'").await?;
        world.browser.refresh().await?;
        world.is_alerted("Your login has ended").await.with_context(|| format!("{service:?}"))?;
        ensure!(world.script("return sessionStorage.getItem('aniapi-login.session')").await?.is_null());
    }
    Ok(())
}
