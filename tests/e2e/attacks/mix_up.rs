//! The attacker is, or has, one of several providers and wants the code or the token of another (RFC 9700, 4.4): the person
//! begins with the attacker's, which sends them on to an honest one, and the app brings the attacker the code that comes
//! back. What stops it: the answer says whose it is, by `iss` (RFC 9207) or by the redirect URI that it comes to.

use anyhow::{Context as _, Result, ensure};
use emulator::Service;
use url::Url;

use crate::providers::callback;
use browser::world::{PASSWORD, PERSON, World};

pub async fn two_logins_at_once_are_each_finished_with_their_own_provider(world: World) -> Result<()> {
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

/// AniAPI takes any code from anybody who has some client's secret, and GitHub's have to be proved: neither must see the
/// other's.
pub async fn a_code_of_another_provider_is_not_taken_to_it(world: World) -> Result<()> {
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
        world.is_alerted("does not accept this login any more").await?;
        ensure!(world.emulator_of(other).exchanges() == 0, "{other:?} was asked for a login with {pending:?}");
        ensure!(world.emulator_of(pending).exchanges() == 1);
        ensure!(world.script("return sessionStorage.getItem('aniapi-login.session')").await?.is_null());
        // And another login goes where this one went.
        world.press("Try again").await?;
        world.is_at(pending).await?;
        for emulator in &world.stack.emulators {
            emulator.reset();
        }
    }
    Ok(())
}

pub async fn a_redirect_uri_of_its_own_keeps_a_code_from_another_provider(world: World) -> Result<()> {
    // Neither of the two has `iss`.
    let [attacker, honest] = [Service::AniList, Service::MyAnimeList];
    mix_up(&world, attacker, honest).await?;
    world.is_alerted("does not come from the provider that you were sent to").await?;
    is_unsent(&world).await?;
    // And the next login goes to the one that was chosen.
    world.press("Try again").await?;
    world.is_at(attacker).await?;
    Ok(())
}

pub async fn an_own_redirect_uri_with_the_name_of_another_server_is_not_believed(world: World) -> Result<()> {
    for issuer in ["", "&iss=https://evil.example", "&iss=https://github.com/login/oauth/"] {
        world.open("/").await?;
        let state = world.begin_with(Service::GitHub).await?;
        world.open(&format!("/auth/github?code=c&state={state}{issuer}")).await?;
        world.is_alerted("does not come from the provider that you were sent to").await?;
        is_unsent(&world).await?;
    }
    Ok(())
}

pub async fn iss_keeps_a_code_from_another_provider(world: World) -> Result<()> {
    for (attacker, honest) in [(Service::Simkl, Service::GitHub), (Service::GitHub, Service::Simkl)] {
        mix_up(&world, attacker, honest).await?;
        world.is_alerted("does not come from the provider that you were sent to").await?;
        is_unsent(&world).await?;
    }
    Ok(())
}

/// The same attack where there is no defence, to show that it is one.
pub async fn without_a_defence_a_code_reaches_another_provider(world: World) -> Result<()> {
    let [attacker, honest] = [Service::AniList, Service::MyAnimeList];
    mix_up(&world, attacker, honest).await?;
    world.is_alerted("does not accept this login any more").await?;
    ensure!(world.emulator_of(attacker).exchanges() == 1, "the attacker has the code");
    ensure!(world.emulator_of(honest).exchanges() == 0);
    Ok(())
}

/// Begins a login with the attacker's provider, which sends the person on to an honest one with that one's own client and
/// redirect URI; the person logs in there.
async fn mix_up(world: &World, attacker: Service, honest: Service) -> Result<()> {
    world.open("/").await?;
    let state = world.begin_with(attacker).await?;
    let emulator = world.emulator_of(honest);
    let mut address = Url::parse(&emulator.authorize_url())?;
    // A challenge to which no verifier is known; the attacker wants the code, and would choose one of its own.
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

/// Nothing was sent: neither to the function nor to any provider.
async fn is_unsent(world: &World) -> Result<()> {
    ensure!(world.site().exchanges() == 0);
    ensure!(world.stack.emulators.iter().all(|emulator| emulator.exchanges() == 0));
    Ok(())
}

/// That there is more than one provider makes nothing believable.
pub async fn an_answer_without_a_login_of_this_tab_is_nobodys(world: World) -> Result<()> {
    let code = world.emulator().issue_code(PERSON);
    world.open(&format!("/auth/aniapi?code={code}&state=made-up")).await?;
    world.is_alerted("does not belong to a login of this tab").await?;
    ensure!(world.site().exchanges() == 0);
    Ok(())
}

fn code(callback: &str) -> Result<String> {
    let url = Url::parse(callback)?;
    let code = url.query_pairs().find(|(name, _)| name == "code").context("it has a code")?;
    Ok(code.1.into_owned())
}
