//! Everyday behaviour, most of which once broke something: people press twice, open old links, translate pages, let
//! machines sleep, and try again.

use anyhow::{Context as _, Result, ensure};
use browser::canned::Canned;
use browser::late::{held, settle};
use browser::world::{LOG_IN, PASSWORD, PERSON, World};
use emulator::Service;
use emulator::aniapi::{Endpoint, Fault};
use thirtyfour::Key;

/// The second click hits the button that is in the same place by then.
pub async fn a_double_click_on_log_out_does_not_log_in_again(world: World) -> Result<()> {
    world.log_in().await?;
    world.emulator().reset();
    let button = world.find("main button.second").await?;
    let (x, y) = button.rect().await.map(|rect| (rect.x + rect.width / 2.0, rect.y + rect.height / 2.0))?;
    // The page's clock stops until both clicks have arrived, because a driver can be slow.
    world.script("window.realNow = Date.now; const now = Date.now(); Date.now = () => now").await?;
    world.browser.action_chain().move_to(x as i64, y as i64).double_click().perform().await?;
    world.script("Date.now = window.realNow").await?;
    world.sees(LOG_IN).await?;
    let there =
        world.script(&format!("return document.elementFromPoint({x}, {y}).closest('button').textContent")).await?;
    ensure!(there == LOG_IN, "the pointer is on {there}, so this test shows nothing");
    settle(&world).await?;
    ensure!(world.place().await? == "/" && world.emulator().calls().is_empty(), "the second click began a login");
    // A single click logs in.
    world.begin().await.map(drop)
}

/// On a slow page the second click can arrive when the button to log in is already shown; the browser still counts it as
/// a second one.
pub async fn late_second_click_does_not_log_in(world: World) -> Result<()> {
    world.open("/").await?;
    world.find("main button").await?;
    let click = |count: u8| {
        format!(
            "document.querySelector('main button')
                .dispatchEvent(new MouseEvent('click', {{ bubbles: true, detail: {count} }}))"
        )
    };
    world.script(&click(2)).await?;
    settle(&world).await?;
    ensure!(world.place().await? == "/" && world.emulator().calls().is_empty(), "the second click began a login");
    world.script(&click(1)).await?;
    world.is_at_the_provider().await.map(drop)
}

pub async fn pressing_twice_by_keyboard_presses_the_same_button(world: World) -> Result<()> {
    world.open("/").await?;
    world.begin().await?;
    world.emulator().misbehave(Endpoint::Profile, Fault::Status(500));
    world.give(PERSON, PASSWORD).await?;
    world.is_alerted("Your profile could not be loaded").await?;
    world.script("document.querySelector('.done button').focus()").await?;
    world.browser.action_chain().send_keys(Key::Enter).send_keys(Key::Enter).perform().await?;
    world.is_alerted("Your profile could not be loaded").await?;
    let focused = world.script("return document.activeElement.textContent").await?;
    ensure!(focused == "Reload your profile", "the focus is on {focused}");
    // The same with a response in between.
    world.emulator().reset();
    world.browser.action_chain().send_keys(Key::Enter).perform().await?;
    world.is_greeted().await?;
    world.until("the heading has the focus", "return document.activeElement.tagName === 'H1'").await?;
    world.browser.action_chain().send_keys(Key::Enter).perform().await?;
    world.is_greeted().await
}

/// A pressed button keeps the focus while its request is pending.
pub async fn a_pressed_button_keeps_the_focus(world: World) -> Result<()> {
    let _held = function_is_down(&world).await?;
    world.is_alerted("not available right now").await?;
    let silent = Canned::silent().await?;
    world.site().point_at(silent.url());
    world.script("document.querySelector('.done button').focus()").await?;
    world.browser.action_chain().send_keys(Key::Enter).perform().await?;
    world.sees("One moment").await?;
    let focused = "const it = document.activeElement; return `${it.textContent} ${it.getAttribute('aria-disabled')}`";
    let focused = world.script(focused).await?;
    ensure!(focused == "Try again true", "the focus is on {focused}");
    Ok(())
}

/// The person did not ask to log in, so the page stays.
pub async fn retry_after_a_failed_configuration_only_loads_it_again(world: World) -> Result<()> {
    let _held = function_is_down(&world).await?;
    world.is_alerted("not available right now").await?;
    world.site().point_at(&world.stack.function_url);
    world.press("Try again").await?;
    world.sees(LOG_IN).await?;
    settle(&world).await?;
    ensure!(world.place().await? == "/" && world.emulator().calls().is_empty());
    world.begin().await.map(drop)
}

/// A function that is down.
async fn function_is_down(world: &World) -> Result<Canned> {
    let down = Canned::start(Canned::html(502, "<h1>502</h1>")).await?;
    world.site().point_at(down.url());
    world.keep_no_cache().await?;
    world.open("/").await?;
    Ok(down)
}

pub async fn retry_goes_to_the_chosen_provider(world: World) -> Result<()> {
    for service in [Service::GitHub, Service::OAuth2] {
        world.open("/?page=2").await?;
        world.begin_with(service).await?;
        world.find("#deny").await?.click().await?;
        world.is_alerted("cancelled").await?;
        world.press("Try again").await?;
        world.is_at(service).await?;
        world.give(PERSON, PASSWORD).await?;
        world.sees("Log out").await?;
        ensure!(world.place().await? == "/?page=2", "at {}", world.place().await?);
        world.press("Log out").await?;
    }
    // Without a pending login, the person chooses again.
    world.open("/auth?error=access_denied&state=unknown").await?;
    world.is_alerted("does not match").await?;
    world.press("Try again").await?;
    world.sees(LOG_IN).await?;
    ensure!(world.place().await? == "/", "at {}", world.place().await?);
    Ok(())
}

/// For example a bookmark, a restored tab, or an old link in an e-mail.
pub async fn an_old_callback_leaves_a_person_signed_in(world: World) -> Result<()> {
    world.log_in().await?;
    for address in ["/auth?code=old&state=old", "/auth/?error=access_denied&state=old", "/auth", "/auth?code=a&code=b"]
    {
        world.site().forget();
        world.open(address).await?;
        world.is_greeted().await.context(address)?;
        ensure!(world.place().await? == "/", "{address}: at {}", world.place().await?);
        ensure!(world.script("return document.querySelector('[role=alert]')").await?.is_null(), "{address}");
        ensure!(world.site().exchanges() == 0, "{address}");
    }
    // The response to a login of this browser is reported.
    world.press("Log out").await?;
    let state = world.begin().await?;
    world.open(&format!("/auth?error=access_denied&state={state}")).await?;
    world.is_alerted("cancelled").await
}

/// An element under the pointer or with the focus never changes its meaning: each page has its own elements.
pub async fn no_element_of_one_page_becomes_one_of_another(world: World) -> Result<()> {
    let mark = "document.querySelectorAll('main *').forEach((element) => { element.isOld = true })";
    let go =
        |place: &str| format!("history.pushState(null, '', '{place}'); dispatchEvent(new PopStateEvent('popstate'))");
    let is_old =
        "return [...document.querySelectorAll('main *')].filter((it) => it.isOld && it.className !== 'foot').length";
    world.open("/anywhere").await?;
    world.sees("not found").await?;
    for (place, shows) in [("/", LOG_IN), ("/auth", "The login did not work"), ("/anywhere", "not found")] {
        world.script(mark).await?;
        world.script(&go(place)).await?;
        world.sees(shows).await?;
        let old = world.script(is_old).await?;
        ensure!(old == 0, "{place} has {old} elements of the page before");
    }
    world.log_in().await?;
    world.script(mark).await?;
    world.press("Log out").await?;
    world.sees(LOG_IN).await?;
    ensure!(world.script(is_old).await? == 0, "an element of the signed-in page is still there");
    Ok(())
}

/// The first request fails long after the second one has succeeded.
pub async fn older_response_does_not_replace_a_newer_one(world: World) -> Result<()> {
    let late = "const real = fetch; let first = true;
        window.fetch = (...call) => {
            if (!String(call[0].url ?? call[0]).includes('/v1/auth/me') || !first) return real(...call);
            first = false;
            return new Promise((_, fail) => { window.failLate = () => fail(new TypeError('late')) });
        }";
    world.open("/").await?;
    world.begin().await?;
    let added = world.on_every_page(late).await?;
    world.give(PERSON, PASSWORD).await?;
    world.sees("Loading your profile").await?;
    world.press("Reload your profile").await?;
    world.is_greeted().await?;
    world.script("window.failLate()").await?;
    settle(&world).await?;
    world.is_greeted().await?;
    world.not_on_every_page(&added).await
}

/// The token of a session that has ended is not sent, whatever arrives later.
pub async fn nothing_is_sent_with_the_token_after_logging_out(world: World) -> Result<()> {
    world.log_in().await?;
    let added = world.on_every_page(&held("/api/config")).await?;
    world.emulator().reset();
    world.browser.refresh().await?;
    world.press("Log out").await?;
    world.script("window.release()").await?;
    world.sees(LOG_IN).await?;
    settle(&world).await?;
    ensure!(world.emulator().calls().is_empty(), "{:?}", world.emulator().calls());
    world.not_on_every_page(&added).await
}

/// Imitates a browser's translation, which replaces every text node with an element.
pub async fn translated_page_keeps_its_texts_up_to_date(world: World) -> Result<()> {
    let translate = "const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const all = []; while (texts.nextNode()) all.push(texts.currentNode);
        for (const text of all) {
            const font = document.createElement('font');
            font.textContent = text.data.toUpperCase();
            text.replaceWith(font);
        }";
    world.open("/").await?;
    world.begin().await?;
    world.emulator().misbehave(Endpoint::Profile, Fault::Status(500));
    world.give(PERSON, PASSWORD).await?;
    world.is_alerted("Your profile could not be loaded").await?;
    world.script(translate).await?;
    world.sees("YOU ARE SIGNED IN").await?;
    world.emulator().reset();
    world.press("RELOAD YOUR PROFILE").await?;
    world.sees("demo").await?;
    world.sees_not("YOU ARE SIGNED IN").await?;
    world.sees_not("RELOAD YOUR PROFILE").await?;
    world.script(translate).await?;
    world.press("LOG OUT").await?;
    world.sees(LOG_IN).await?;
    world.sees_not("DEMO").await?;
    world.script(translate).await?;
    world.press(&LOG_IN.to_uppercase()).await?;
    world.is_at_the_provider().await.map(drop)
}

/// No timer fires during sleep; after waking, the page becomes visible or gets the focus.
pub async fn session_that_expired_during_sleep_has_ended(world: World) -> Result<()> {
    for waking in [
        "dispatchEvent(new Event('focus'))",
        "document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))",
    ] {
        world.log_in().await?;
        let days = "const real = Date.now; Date.now = () => real() + 31 * 24 * 3600 * 1000";
        world.script(&format!("{days}; {waking}")).await?;
        world.is_alerted("Your session has ended").await?;
        world.sees(LOG_IN).await?;
    }
    Ok(())
}

/// In its last minutes a session counts down, and keeps counting.
pub async fn remaining_session_time_counts_down(world: World) -> Result<()> {
    world.log_in().await?;
    world.sees("Signed in until").await?;
    world.tamper("aniapi-login.session", "entry.expires_at = Date.now() + 300000").await?;
    world.browser.refresh().await?;
    world.sees("Your session ends in 5 minutes").await?;
    let minutes = "const real = Date.now; Date.now = () => real() + 200000; dispatchEvent(new Event('focus'))";
    world.script(minutes).await?;
    world.sees("Your session ends in 2 minutes").await
}

/// A wait that the server requests counts down, too, but is not announced by screen readers.
pub async fn waiting_time_counts_down(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    let code = world.emulator().issue_code(PERSON);
    world.emulator().misbehave(Endpoint::Token, Fault::Busy { retry_after: Some(4) });
    world.open(&format!("/auth?code={code}&state={state}")).await?;
    world.is_alerted("The login service is busy").await?;
    world.find("[role=alert] [role=timer]").await?;
    let is_over =
        "const timer = document.querySelector('[role=timer]'); return timer !== null && timer.textContent === ''";
    world.until("the wait is over", is_over).await
}

/// The earlier session does not return.
pub async fn full_storage_does_not_restore_an_earlier_session(world: World) -> Result<()> {
    world.log_in().await?;
    let full = "const set = Storage.prototype.setItem; Storage.prototype.setItem = function (key, value) {
        if (key.endsWith('.session')) throw new DOMException('full', 'QuotaExceededError');
        set.call(this, key, value);
    }";
    // Another login in the same tab, begun by a link of the app: the first session is still stored.
    let first = world.script("return sessionStorage.getItem('aniapi-login.session')").await?;
    world.press("Log out").await?;
    world.begin().await?;
    world.on_every_page(full).await?;
    let put_back = format!(
        "if (location.pathname === '/auth') sessionStorage['aniapi-login.session'] = {first};
         localStorage.removeItem('aniapi-login.signed-out')"
    );
    world.on_every_page(&put_back).await?;
    world.give("moderator@aniapi.test", PASSWORD).await?;
    world.sees("Moderator").await?;
    world.script("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))").await?;
    settle(&world).await?;
    world.sees("Moderator").await
}

/// A live region exists before it has a text, and the focus moves only if the page changes.
pub async fn waiting_is_announced_and_the_focus_is_kept(world: World) -> Result<()> {
    let watch = "window.seen = []; new MutationObserver((changes) => {
        for (const { target, addedNodes } of changes) {
            for (const node of addedNodes) {
                if (node.querySelector?.('[role=status]:not(#shell)') || node.matches?.('[role=status]:not(#shell)')) {
                    const region = node.matches('[role=status]') ? node : node.querySelector('[role=status]:not(#shell)');
                    window.seen.push(`region with ${JSON.stringify(region.textContent)}`);
                }
            }
            if (target.matches?.('[role=status]') && target.id !== 'shell') window.seen.push(target.textContent);
        }
    }).observe(document, { childList: true, subtree: true })";
    world.open("/").await?;
    world.begin().await?;
    world.on_every_page(watch).await?;
    world.on_every_page(&held("/v1/auth/me")).await?;
    world.give(PERSON, PASSWORD).await?;
    world.sees("Loading your profile").await?;
    let seen: Vec<String> = serde_json::from_value(world.script("return window.seen").await?)?;
    ensure!(seen.first().is_some_and(|first| first == "region with \"\""), "{seen:?}");
    ensure!(seen.iter().any(|text| text.contains("Finishing")), "{seen:?}");
    ensure!(
        seen.iter().filter(|text| text.starts_with("region")).count() == 1,
        "there is more than one region: {seen:?}"
    );

    world.script("document.querySelector('.second').focus(); window.release()").await?;
    world.is_greeted().await?;
    settle(&world).await?;
    let focused = world.script("return document.activeElement.textContent").await?;
    ensure!(focused == "Log out", "the focus is on {focused}");
    Ok(())
}
