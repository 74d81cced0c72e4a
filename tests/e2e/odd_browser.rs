//! Browsers whose storage fails, is blocked or is full, that report no valid language, or whose clock is wrong.

use anyhow::{Result, ensure};

use browser::world::{LOG_IN, PERSON, World};

pub async fn failing_storage_is_reported(world: World) -> Result<()> {
    world.open("/").await?;
    world.sees(LOG_IN).await?;
    world.script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }").await?;
    world.press(LOG_IN).await?;
    world.is_alerted("does not let this site store data").await?;
    ensure!(world.emulator().calls().is_empty(), "the person was sent to the provider, but could not come back");
    Ok(())
}

/// WebKitGTK reports such a language if no locale is set, and `Intl` throws for it.
pub async fn browser_with_an_invalid_language_tag_shows_the_session_end(world: World) -> Result<()> {
    world.on_every_page("Object.defineProperty(navigator, 'languages', { get: () => ['C', 'en-US@posix'] })").await?;
    world.log_in().await?;
    world.sees("Signed in until").await
}

/// The first language in the browser's list that the app supports; dates are formatted for that country.
pub async fn first_supported_language_is_used(world: World) -> Result<()> {
    for (languages, text, date) in [
        ("['fr', 'de-AT', 'en']", "Angemeldet bis", r"\\d{1,2}\\. ?\\S+ ?\\d{4}"),
        ("['en-GB']", "Signed in until", r"\\d{1,2} \\w+ \\d{4}"),
        ("['en-US']", "Signed in until", r"\\w+ \\d{1,2}, \\d{4}"),
    ] {
        let added = world
            .on_every_page(&format!("Object.defineProperty(navigator, 'languages', {{ get: () => {languages} }})"))
            .await?;
        world.open("/").await?;
        world.find("main button").await?.click().await?;
        world.finish().await?;
        world.sees(text).await?;
        let end = world.script("return document.querySelector('.end').textContent").await?;
        let matches =
            world.script(&format!("return new RegExp('{date}').test('{}')", end.as_str().unwrap_or_default())).await?;
        ensure!(matches == true, "{languages}: {end}");
        world.find("main button.second").await?.click().await?;
        world.not_on_every_page(&added).await?;
    }
    Ok(())
}

/// Browsers that are capable, but lack features of newer ones: the login works.
pub async fn an_older_browser_logs_in(world: World) -> Result<()> {
    world.on_every_page("delete AbortSignal.timeout; delete AbortSignal.any; delete window.trustedTypes").await?;
    world.log_in().await?;
    world.browser.refresh().await?;
    world.is_greeted().await
}

/// No script uses syntax that older browsers do not understand, such as `await` outside a function.
pub async fn no_script_needs_the_newest_syntax(world: World) -> Result<()> {
    let toolbox = xtask::tools::ensure(&[xtask::tools::Tool::Esbuild])?;
    let mut scripts = 0;
    for entry in std::fs::read_dir(&world.stack.site_folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "js") {
            let mut esbuild = toolbox.command("esbuild");
            let target = "--supported:top-level-await=false";
            let output = esbuild.arg(&path).args(["--format=esm", target, "--log-level=error"]).output()?;
            ensure!(output.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&output.stderr));
            scripts += 1;
        }
    }
    ensure!(scripts >= 3, "{scripts} scripts");
    Ok(())
}

/// There is room for the pending login, but not for the session: the person is signed in until the next reload.
pub async fn full_storage_after_the_exchange_signs_in_for_this_page(world: World) -> Result<()> {
    let full = "const set = Storage.prototype.setItem; Storage.prototype.setItem = function (key, value) {
        if (key.endsWith('.session')) throw new DOMException('full', 'QuotaExceededError');
        set.call(this, key, value);
    }";
    world.on_every_page(full).await?;
    world.log_in().await?;
    world.script("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))").await?;
    world.is_greeted().await?;
    world.press("Log out").await?;
    world.sees(LOG_IN).await
}

/// If storage is blocked, accessing `sessionStorage` throws.
pub async fn blocked_storage_is_reported(world: World) -> Result<()> {
    world
        .on_every_page(
            "for (const name of ['sessionStorage', 'localStorage']) Object.defineProperty(window, name, {
                get() { throw new DOMException('denied', 'SecurityError') }
            })",
        )
        .await?;
    world.open("/").await?;
    world.press(LOG_IN).await?;
    world.is_alerted("does not let this site store data").await?;
    world.open("/auth?code=x&state=y").await?;
    world.is_alerted("does not match a login in this tab").await?;
    ensure!(world.emulator().calls().is_empty() && world.site().exchanges() == 0);
    Ok(())
}

/// Clearing the storage signs the person out; they can log in again.
pub async fn cleared_storage_ends_the_session(world: World) -> Result<()> {
    world.log_in().await?;
    world.script("sessionStorage.clear(); localStorage.clear()").await?;
    world.script("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))").await?;
    world.sees(LOG_IN).await?;
    world.begin().await?;
    world.finish().await
}

/// The app compares the browser's clock only with itself.
pub async fn clock_that_is_an_hour_off_does_not_matter(world: World) -> Result<()> {
    for hours in [1, -1] {
        let added = world.on_every_page(&clock(hours)).await?;
        world.log_in().await?;
        let session = "JSON.parse(sessionStorage.getItem('aniapi-login.session'))";
        let off = world.script(&format!("return Math.round(({session}.started_at - new Date()) / 3600000)")).await?;
        ensure!(off == hours, "the app's clock is {off} hours off");
        world.sees("Signed in until").await?;
        world.browser.refresh().await?;
        world.is_greeted().await?;
        world.press("Log out").await?;
        world.not_on_every_page(&added).await?;
    }
    Ok(())
}

/// A clock that is corrected during a login makes the login look old, or begun in the future.
pub async fn clock_jump_during_a_login_needs_only_a_retry(world: World) -> Result<()> {
    for hours in [1, -1] {
        world.open("/?page=2").await?;
        let state = world.begin().await?;
        let added = world.on_every_page(&clock(hours)).await?;
        let code = world.emulator().issue_code(PERSON);
        world.open(&format!("/auth?code={code}&state={state}")).await?;
        world.is_alerted("has expired").await?;
        world.press("Try again").await?;
        world.finish().await?;
        ensure!(world.place().await? == "/?page=2", "at {}", world.place().await?);
        world.not_on_every_page(&added).await?;
        world.press("Log out").await?;
    }
    Ok(())
}

/// Shifts the clock that the app reads by that many hours.
fn clock(hours: i64) -> String {
    format!("const real = Date.now; Date.now = () => real() + {hours} * 3600000")
}
