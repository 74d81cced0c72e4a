//! The attacker is, or has, one of several providers and wants the code or the token of another. RFC 9700, 4.4. What
//! limits it: a login remembers its provider, and its answer goes to that one alone.

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
        world.open(&format!("/auth?code={code}&state={state}")).await?;
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

/// That there is more than one provider makes nothing believable.
pub async fn an_answer_without_a_login_of_this_tab_is_nobodys(world: World) -> Result<()> {
    let code = world.emulator().issue_code(PERSON);
    world.open(&format!("/auth?code={code}&state=made-up")).await?;
    world.is_alerted("does not belong to a login of this tab").await?;
    ensure!(world.site().exchanges() == 0);
    Ok(())
}

fn code(callback: &str) -> Result<String> {
    let url = Url::parse(callback)?;
    let code = url.query_pairs().find(|(name, _)| name == "code").context("it has a code")?;
    Ok(code.1.into_owned())
}
