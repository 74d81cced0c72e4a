//! The site's headers, as each browser sees and enforces them.

use anyhow::{Context as _, Result, ensure};
use browser::world::World;
use serde_json::Value;
use stack::session::SessionMode;

/// The headers of every response of the site, as a page of the app reads them.
pub async fn every_response_has_the_headers_of_the_template(world: World) -> Result<()> {
    world.open("/anywhere").await?;
    for path in ["/", "/auth", "/api/config", "/anywhere"] {
        let read = format!(
            "const done = arguments[0];
             fetch('{path}').then((answer) => done(Object.fromEntries(answer.headers)), (error) => done(String(error)))"
        );
        let headers: Value = world.browser.execute_async(&read, vec![]).await?.json().clone();
        for (name, value) in [
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            ensure!(headers[name] == value, "{path}: {name} is {}", headers[name]);
        }
        let policy = headers["content-security-policy"].as_str().with_context(|| format!("{path} has no policy"))?;
        ensure!(policy.starts_with("default-src 'none'; "), "{path}: {policy}");
    }
    Ok(())
}

/// In `proxy` mode only the function sends requests to the provider; the page never does.
pub async fn policy_allows_requests_only_to_the_app(world: World) -> Result<()> {
    ensure!(world.session_mode() == SessionMode::Proxy);
    world.open("/anywhere").await?;
    let read = "const done = arguments[0];
        fetch('/').then((answer) => done(answer.headers.get('content-security-policy')), (error) => done(String(error)))";
    let policy = world.browser.execute_async(read, vec![]).await?.json().clone();
    let policy = policy.as_str().context("there is no policy")?.to_owned();
    ensure!(policy.split(';').any(|directive| directive.trim() == "connect-src 'self'"), "{policy}");
    let ask = format!(
        "const done = arguments[0];
         addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
         fetch('{}').then(() => done('asked'), () => {{}})",
        world.emulator().profile_url()
    );
    world.emulator().reset();
    let outcome = world.browser.execute_async(&ask, vec![]).await?.json().clone();
    ensure!(outcome == "connect-src", "{outcome}");
    ensure!(world.emulator().calls().is_empty(), "the provider was asked");
    Ok(())
}

/// Each engine enforces the policy: an injected script runs without it, and does not run with it.
pub async fn policy_is_enforced(world: World) -> Result<()> {
    let unprotected = world.site_without(&["content-security-policy"]).await?;
    for (site, expected) in [(&unprotected, true), (world.site(), false)] {
        for inject in [
            "const e = document.createElement('script'); e.textContent = 'document.title = `ran`'; document.body.append(e)",
            "const e = document.createElement('script'); e.src = 'data:,document.title = `ran`'; document.body.append(e)",
            "document.body.setAttribute('onclick', 'document.title = `ran`'); document.body.click()",
        ] {
            world.browser.goto(format!("{}/anywhere", site.url())).await?;
            world.sees("not found").await?;
            // Browsers with Trusted Types refuse it even earlier.
            world.script(&format!("try {{ {inject} }} catch {{}}")).await?;
            if expected {
                world.until("the script runs", "return document.title === 'ran'").await?;
            } else {
                let settle = "const done = arguments[0]; setTimeout(() => setTimeout(done))";
                world.browser.execute_async(settle, vec![]).await?;
                ensure!(world.script("return document.title").await? != "ran", "{inject} ran");
            }
        }
    }
    Ok(())
}
