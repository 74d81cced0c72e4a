//! The attacker runs, or has compromised, one of several providers and wants the code or the token of another (RFC
//! 9700, 4.4): the person begins a login with the attacker's provider, which sends them on to an honest one, and the
//! app sends the code that comes back to the attacker. Defence: the authorization response identifies its provider, by
//! `iss` (RFC 9207) or by the redirect URI at which it arrives.

use anyhow::{Context as _, Result, ensure};
use emulator::Service;
use url::Url;

use crate::providers::callback;
use browser::world::{PASSWORD, PERSON, World};

pub async fn concurrent_logins_finish_with_their_own_providers(world: World) -> Result<()> {
    let pair = [Service::AniApi, Service::GitHub];
    let mut tabs = Vec::new();
    for service in pair {
        let tab = world.browser.new_tab().await?;
        world.browser.switch_to_window(tab.clone()).await?;
        world.open("/").await?;
        world.begin_with(service).await?;
        tabs.push((tab, service));
    }
    for (done, (tab, service)) in tabs.into_iter().enumerate() {
        world.browser.switch_to_window(tab).await?;
        world.is_at(service).await?;
        world.give(PERSON, PASSWORD).await?;
        world.is_greeted().await?;
        for (at, service) in pair.into_iter().enumerate() {
            ensure!(world.emulator_of(service).exchanges() == usize::from(at <= done), "{service:?}");
        }
    }
    Ok(())
}

/// AniAPI accepts any code from any client that knows its own secret, and GitHub's codes need a PKCE verifier: neither
/// must receive the other's code.
pub async fn code_goes_only_to_the_provider_of_the_pending_login(world: World) -> Result<()> {
    for (pending, other) in [
        (Service::GitHub, Service::AniApi),
        (Service::AniApi, Service::GitHub),
        (Service::MyAnimeList, Service::AniList),
        (Service::AniList, Service::MyAnimeList),
    ] {
        world.open("/").await?;
        world.begin_with(other).await?;
        let code = code(&callback(&world).await?)?;
        world.open("/").await?;
        let state = world.begin_with(pending).await?;
        let issuer = world.emulator_of(pending).issuer().map(|issuer| format!("&iss={issuer}")).unwrap_or_default();
        world.open(&format!("/auth/{}?code={code}&state={state}{issuer}", pending.id())).await?;
        world.is_alerted("no longer accepts this login").await?;
        ensure!(world.emulator_of(other).exchanges() == 0, "{other:?} was asked for a login with {pending:?}");
        ensure!(world.emulator_of(pending).exchanges() == 1);
        ensure!(world.script("return sessionStorage.getItem('aniapi-login.session')").await?.is_null());
        // A retry goes to the same provider.
        world.press("Try again").await?;
        world.is_at(pending).await?;
        for emulator in &world.stack.emulators {
            emulator.reset();
        }
    }
    Ok(())
}

pub async fn own_redirect_uri_keeps_a_code_from_another_provider(world: World) -> Result<()> {
    // Neither of the two sends `iss`.
    let [attacker, honest] = [Service::AniList, Service::MyAnimeList];
    mix_up(&world, attacker, honest).await?;
    world.is_alerted("does not come from the login service that you were sent to").await?;
    is_unsent(&world).await?;
    // The next login goes to the provider that was chosen.
    world.press("Try again").await?;
    world.is_at(attacker).await?;
    Ok(())
}

pub async fn own_redirect_uri_with_a_wrong_iss_is_rejected(world: World) -> Result<()> {
    for issuer in ["", "&iss=https://evil.example", "&iss=https://github.com/login/oauth/"] {
        world.open("/").await?;
        let state = world.begin_with(Service::GitHub).await?;
        world.open(&format!("/auth/github?code=c&state={state}{issuer}")).await?;
        world.is_alerted("does not come from the login service that you were sent to").await?;
        is_unsent(&world).await?;
    }
    Ok(())
}

pub async fn iss_keeps_a_code_from_another_provider(world: World) -> Result<()> {
    for (attacker, honest) in [(Service::Simkl, Service::GitHub), (Service::GitHub, Service::Simkl)] {
        mix_up(&world, attacker, honest).await?;
        world.is_alerted("does not come from the login service that you were sent to").await?;
        is_unsent(&world).await?;
    }
    Ok(())
}

/// Control: the same attack without a defence succeeds.
pub async fn without_a_defence_a_code_reaches_another_provider(world: World) -> Result<()> {
    let [attacker, honest] = [Service::AniList, Service::MyAnimeList];
    mix_up(&world, attacker, honest).await?;
    world.is_alerted("no longer accepts this login").await?;
    ensure!(world.emulator_of(attacker).exchanges() == 1, "control: the attacker did not get the code");
    ensure!(world.emulator_of(honest).exchanges() == 0);
    Ok(())
}

/// Begins a login with the attacker's provider, which sends the person on to an honest provider with the app's client
/// and redirect URI there. The person logs in.
async fn mix_up(world: &World, attacker: Service, honest: Service) -> Result<()> {
    world.open("/").await?;
    let state = world.begin_with(attacker).await?;
    let emulator = world.emulator_of(honest);
    let mut address = Url::parse(&emulator.authorize_url())?;
    // A challenge whose verifier is unknown; an attacker who wants the code would choose their own.
    let (challenge, method) = match honest {
        Service::MyAnimeList => ("v".repeat(43), "plain"),
        _ => ("v".repeat(43), "S256"),
    };
    address
        .query_pairs_mut()
        .extend_pairs([("response_type", "code"), ("client_id", honest.client().0), ("state", &state)])
        .extend_pairs([("redirect_uri", emulator.redirect_uri()), ("scope", "openid")])
        .extend_pairs([("code_challenge", &*challenge), ("code_challenge_method", method)]);
    world.browser.goto(address.as_str()).await?;
    world.is_at(honest).await?;
    world.give(PERSON, PASSWORD).await
}

/// Nothing was sent, neither to the function nor to any provider.
async fn is_unsent(world: &World) -> Result<()> {
    ensure!(world.site().exchanges() == 0);
    ensure!(world.stack.emulators.iter().all(|emulator| emulator.exchanges() == 0));
    Ok(())
}

/// Several providers make an unsolicited callback no more credible.
pub async fn callback_without_a_pending_login_is_rejected(world: World) -> Result<()> {
    let code = world.emulator().issue_code(PERSON);
    world.open(&format!("/auth/aniapi?code={code}&state=made-up")).await?;
    world.is_alerted("does not match a login in this tab").await?;
    ensure!(world.site().exchanges() == 0);
    Ok(())
}

fn code(callback: &str) -> Result<String> {
    let url = Url::parse(callback)?;
    let code = url.query_pairs().find(|(name, _)| name == "code").context("the callback has no code")?;
    Ok(code.1.into_owned())
}
