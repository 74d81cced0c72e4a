//! The login, from the front page to the provider and back.

use anyhow::{Result, ensure};

use browser::world::{LOG_IN, PASSWORD, PERSON, World};

pub async fn a_person_logs_in_and_is_greeted_by_name(world: World) -> Result<()> {
    world.open("/").await?;
    world.begin().await?;
    world.finish().await?;
    world.sees("demo").await?;
    world.sees("Signed in until").await?;
    world.until("the avatar is painted", "return document.querySelector('img.avatar')?.naturalWidth > 0").await?;
    ensure!(world.place().await? == "/", "at {}", world.place().await?);
    ensure!(world.site().exchanges() == 1 && world.emulator().exchanges() == 1);
    Ok(())
}

/// The app works under the deployed policy: the browser blocks nothing and reports nothing.
pub async fn complete_login_causes_no_browser_warnings(world: World) -> Result<()> {
    let watch = "addEventListener('securitypolicyviolation', (event) => {
        localStorage.setItem('violation', `${event.violatedDirective} ${event.blockedURI}`);
    })";
    world.on_every_page(watch).await?;
    world.open("/auth?code=x&state=y").await?;
    world.find("[role=alert]").await?;
    world.log_in().await?;
    world.until("the avatar is painted", "return document.querySelector('img.avatar')?.naturalWidth > 0").await?;
    world.open("/anywhere").await?;
    world.sees("not found").await?;
    let violation = world.script("return localStorage.getItem('violation')").await?;
    ensure!(violation.is_null(), "{violation}");
    let complaints = world.browser.browser_log().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}

pub async fn wrong_password_is_reported_by_the_provider_and_can_be_corrected(world: World) -> Result<()> {
    world.open("/").await?;
    world.begin().await?;
    world.give(PERSON, "wrong").await?;
    world
        .until("the provider says so", "return document.querySelector('#errors').textContent.includes('not valid')")
        .await?;
    ensure!(world.site().exchanges() == 0);
    world.finish().await
}

pub async fn state_is_fresh_unguessable_and_kept_in_the_tab(world: World) -> Result<()> {
    let mut seen = Vec::new();
    for _ in 0..3 {
        world.open("/anywhere").await?;
        world.open("/").await?;
        let state = world.begin().await?;
        ensure!(state.len() == 43 && state.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{state}");
        ensure!(!seen.contains(&state), "{state} came twice");
        world.open("/anywhere").await?;
        let entry =
            world.script(&format!("return JSON.parse(sessionStorage.getItem('aniapi-login.pending.{state}'))")).await?;
        let redirect_uri = format!("{}/auth", world.site().url());
        ensure!(
            entry["provider"] == "aniapi" && entry["redirect_uri"] == redirect_uri && entry["return_to"] == "/",
            "{entry}"
        );
        ensure!(world.script("return localStorage.length").await? == 0);
        seen.push(state);
    }
    Ok(())
}

pub async fn login_returns_to_where_it_began(world: World) -> Result<()> {
    world.open("/?page=2#top").await?;
    world.begin().await?;
    world.finish().await?;
    ensure!(world.place().await? == "/?page=2#top", "at {}", world.place().await?);
    Ok(())
}

pub async fn both_callback_addresses_finish_a_login(world: World) -> Result<()> {
    for path in ["/auth", "/auth/"] {
        world.open("/").await?;
        let state = world.begin().await?;
        let code = world.emulator().issue_code(PERSON);
        world.open(&format!("{path}?code={code}&state={state}")).await?;
        world.is_greeted().await?;
        ensure!(world.place().await? == "/");
        world.press("Log out").await?;
    }
    Ok(())
}

pub async fn unverified_email_is_reported(world: World) -> Result<()> {
    world.open("/").await?;
    world.begin().await?;
    world.give("unverified@aniapi.test", PASSWORD).await?;
    world.is_alerted("e-mail address is not verified").await?;
    world.sees("You are signed in").await?;
    world.press("Reload your profile").await?;
    world.is_alerted("e-mail address is not verified").await?;
    world.press("Log out").await?;
    world.sees(LOG_IN).await
}

pub async fn button_works_again_after_back_from_the_provider(world: World) -> Result<()> {
    world.open("/").await?;
    world.begin().await?;
    world.browser.back().await?;
    world.begin().await?;
    world.finish().await
}

pub async fn a_double_click_begins_one_login(world: World) -> Result<()> {
    world.open("/").await?;
    world.find("main button").await?;
    world.script("const button = document.querySelector('main button'); button.click(); button.click()").await?;
    world.is_at_the_provider().await?;
    world.open("/anywhere").await?;
    let pending = world.script("return Object.keys(sessionStorage).length").await?;
    ensure!(pending == 1, "{pending} logins were begun");
    Ok(())
}

pub async fn unknown_address_says_so_and_links_home(world: World) -> Result<()> {
    for address in ["/anywhere", "/auth/x/y", "/index", "/a/b/c?d"] {
        world.open(address).await?;
        world.sees("not found").await?;
        world.find("main a[href='/']").await?.click().await?;
        world.sees(LOG_IN).await?;
    }
    Ok(())
}
