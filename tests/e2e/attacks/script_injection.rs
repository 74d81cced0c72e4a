//! The attacker wants to run a script in the app through anything that it shows or stores: a name or a picture at the
//! provider, the parameters of a callback, the configuration, an address (RFC 10017, 5.1). Defence: input is shown as
//! text, a picture must be one, and the policy allows no inline script and no text as HTML (Trusted Types).

use anyhow::{Result, ensure};
use emulator::aniapi::{Endpoint, Fault};
use serde_json::json;

use browser::canned::Canned;
use browser::late::settle;
use browser::world::{LOG_IN, World};

/// Markup in many shapes that have run in some browser.
const MARKUP: &str = "<img src=x onerror=wasRun=1><script>wasRun=1</script><svg/onload=wasRun=1>'\"><iframe srcdoc='<script>parent.wasRun=1</script>'>javascript:wasRun=1{{wasRun=1}}${wasRun=1}\u{202e}";

pub async fn profile_is_shown_only_as_text(world: World) -> Result<()> {
    world.log_in().await?;
    for avatar in [
        "javascript:wasRun=1",
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='wasRun=1'/>",
        "\" onerror=\"wasRun=1",
        "//evil.example/x.png",
        "http://evil.example/x.png",
        "file:///etc/passwd",
        "",
    ] {
        let body =
            json!({ "status_code": 200, "data": { "username": MARKUP, "avatar": avatar, "role": 2 } }).to_string();
        let headers = [("access-control-allow-origin", "*"), ("access-control-allow-headers", "authorization")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        world.emulator().misbehave(Endpoint::Profile, Fault::Raw { status: 200, headers, body: body.into_bytes() });
        world.browser.refresh().await?;
        world.is_greeted().await?;
        ensure!(world.script("return document.querySelector('main h1').textContent").await? == MARKUP);
        ensure!(
            world.script("return document.querySelectorAll('main img, main script').length").await? == 0,
            "{avatar}"
        );
        ran_nothing(&world, avatar).await?;
    }
    Ok(())
}

pub async fn callback_and_address_contents_are_not_shown(world: World) -> Result<()> {
    let markup: String = form_urlencoded::byte_serialize(MARKUP.as_bytes()).collect();
    for address in [
        format!("/auth?error={markup}&error_description={markup}&state=STATE"),
        format!("/auth?code={markup}&state=STATE"),
        format!("/auth?code=x&state={markup}"),
        format!("/auth?{markup}={markup}#{markup}"),
        format!("/{markup}?{markup}#{markup}"),
    ] {
        world.open("/").await?;
        let state = world.begin().await?;
        world.open(&address.replace("STATE", &state)).await?;
        world.find("main h1").await?;
        world.sees_not("wasRun").await?;
        ran_nothing(&world, &address).await?;
    }
    Ok(())
}

/// The function is ours, but its responses come through an edge and perhaps a proxy.
pub async fn configuration_is_shown_only_as_text(world: World) -> Result<()> {
    let provider = json!({
        "id": "aniapi", "name": MARKUP, "client_id": MARKUP, "authorize_url": "javascript:wasRun=1",
        "redirect_uris": [format!("{}/auth", world.site().url())], "profile_url": "javascript:wasRun=1",
    });
    let config = json!({ "providers": [provider] }).to_string();
    let canned = Canned::start(Canned::json(200, &config)).await?;
    world.site().point_at(canned.url());
    world.open("/").await?;
    world.sees("Log in with <img").await?;
    world.find("main button").await?.click().await?;
    world.find("[role=alert]").await?;
    ran_nothing(&world, "the configuration").await
}

/// What another program of this origin, or an older version of the app, may have stored.
pub async fn stored_data_is_not_executed(world: World) -> Result<()> {
    world.open("/anywhere").await?;
    let session = json!({
        "id": MARKUP, "provider": MARKUP, "access_token": "t0ken", "started_at": 1, "expires_at": null, "mark": null,
    });
    world.script(&format!("sessionStorage.setItem('aniapi-login.session', JSON.stringify({session}))")).await?;
    world.open("/").await?;
    world.is_alerted("Your profile could not be loaded").await?;
    ran_nothing(&world, "the storage").await
}

/// Ways to run a script for an attacker who can already write to the page.
const SCRIPTS: [(&str, &str); 9] = [
    (
        "a script element",
        "const e = document.createElement('script'); e.textContent = 'wasRun=1'; document.body.append(e)",
    ),
    (
        "a script from elsewhere",
        "const e = document.createElement('script'); e.src = 'data:,wasRun=1'; document.body.append(e)",
    ),
    ("an event handler", "document.body.setAttribute('onclick', 'wasRun=1'); document.body.click()"),
    ("markup", "document.querySelector('main').innerHTML = '<img src=/none.png onerror=wasRun=1>'"),
    (
        "a frame",
        "const e = document.createElement('iframe'); e.src = 'javascript:parent.wasRun=1'; document.body.append(e)",
    ),
    ("eval", "eval('wasRun=1')"),
    ("a timer", "setTimeout('wasRun=1', 0)"),
    ("a function", "new Function('wasRun=1')()"),
    (
        "an additional policy",
        "const p = trustedTypes.createPolicy('p', { createHTML: (s) => s });
        document.querySelector('main').innerHTML = p.createHTML('<img src=/none.png onerror=wasRun=1>')",
    ),
];

pub async fn injected_script_does_not_run(world: World) -> Result<()> {
    let unprotected = world.site_without(&["content-security-policy"]).await?;
    for (how, script) in SCRIPTS {
        world.browser.goto(unprotected.url()).await?;
        world.find("main h1").await?;
        inject(&world, script).await?;
        world.until(&format!("{how} runs without the policy"), "return window.wasRun === 1").await?;

        world.open("/").await?;
        world.sees(LOG_IN).await?;
        inject(&world, script).await?;
        world.until(&format!("{how} is stopped"), "return stoppedNow() > 0").await?;
        ran_nothing(&world, how).await?;
    }
    Ok(())
}

/// Runs a script as a task of the page: the policy does not apply to scripts of the driver.
async fn inject(world: &World, script: &str) -> Result<()> {
    let task = format!(
        "let stopped = 0;
         addEventListener('securitypolicyviolation', () => stopped++);
         window.stoppedNow = () => stopped;
         setTimeout(() => {{ {script} }})"
    );
    world.script(&task).await.map(drop)
}

/// Ways to turn text into markup or code.
const SINKS: [&str; 9] = [
    "document.querySelector('main').innerHTML = '<b>x</b>'",
    "document.querySelector('main').outerHTML = '<main><b>x</b></main>'",
    "document.querySelector('main').insertAdjacentHTML('beforeend', '<b>x</b>')",
    "document.write('<main><b>x</b></main>')",
    "new DOMParser().parseFromString('<b>x</b>', 'text/html')",
    "document.createRange().createContextualFragment('<b>x</b>')",
    "document.createElement('iframe').srcdoc = '<b>x</b>'",
    "document.createElement('script').src = '/x.js'",
    "trustedTypes.createPolicy('other', { createHTML: (text) => text })",
];

/// Trusted Types: text that reaches an HTML sink is stopped before it becomes HTML.
pub async fn no_text_becomes_markup(world: World) -> Result<()> {
    let unprotected = world.site_without(&["content-security-policy"]).await?;
    for (site, expected) in [(&unprotected, "done"), (world.site(), "TypeError")] {
        world.browser.goto(site.url()).await?;
        world.find("main h1").await?;
        for how in SINKS {
            let attempt = format!("try {{ {how}; return 'done' }} catch (error) {{ return error.name }}");
            let outcome = world.script(&attempt).await?;
            ensure!(outcome == expected, "{how} at {}: {outcome}", site.url());
        }
    }
    world.sees(LOG_IN).await
}

/// Control: the markup of the other tests would run as HTML.
pub async fn markup_of_these_tests_runs_without_the_policy(world: World) -> Result<()> {
    let unprotected = world.site_without(&["content-security-policy"]).await?;
    world.browser.goto(unprotected.url()).await?;
    world.find("main h1").await?;
    let markup = serde_json::to_string(MARKUP)?;
    world.script(&format!("document.querySelector('main').innerHTML = {markup}")).await?;
    world.until("the markup runs", "return window.wasRun === 1").await
}

async fn ran_nothing(world: &World, case: &str) -> Result<()> {
    // An element's error handler runs before two frames are painted and another task has run.
    settle(world).await?;
    ensure!(world.script("return window.wasRun === undefined").await? == true, "{case}: a script ran");
    Ok(())
}
