//! A complete login with django-oauth-toolkit, with the variables that `cargo xtask provider` prints for it.

use anyhow::{Context as _, Result, ensure};
use emulator::loopback_listeners;
use serde_json::json;
use tokio::net::TcpListener;
use xtask::process::{Child, Output};
use xtask::tools::{self, Tool};
use xtask::workspace;

use super::function::Function;
use super::login::{LOG_IN, printed, redirect_uri, site};
use super::server::{CLIENT_ID, CLIENT_SECRET, wait_for};
use browser::world::World;

pub async fn a_person_logs_in_refuses_and_logs_in_again(world: World) -> Result<()> {
    let listeners = loopback_listeners(0).await?;
    let app_port = listeners.first().context("there is no listener")?.local_addr()?.port();
    let redirect_uri = redirect_uri(app_port);
    let (_server, issuer) = start(&redirect_uri).await?;
    let environment = printed(&issuer, &redirect_uri)?;
    // It advertises both client authentication methods, and sends no `iss`.
    ensure!(environment["OAUTH_CLIENT_AUTH"] == "post" && !environment.contains_key("OAUTH_ISSUER"), "{environment:?}");
    let function = Function::start(&environment).await?;
    let origin = issuer.trim_end_matches("/o");
    let site = site(listeners, &world.stack.site_folder, &function.url, origin, origin)?;

    world.browser.goto(site.url()).await?;
    world.press(LOG_IN).await?;
    world.find("#log_in").await?.click().await?;
    world.find("input[name=allow]").await?.click().await?;
    world.sees("Demo Person").await?;
    world.sees("Signed in until").await?;
    ensure!(site.exchanges() == 1 && function.last_line()?["outcome"] == "ok");

    world.press("Log out").await?;
    world.press(LOG_IN).await?;
    world.find("input[type=submit]:not([name=allow])").await?.click().await?;
    world.is_alerted("The login was cancelled").await?;
    ensure!(site.exchanges() == 1, "a refusal was exchanged");
    world.press("Try again").await?;
    world.find("input[name=allow]").await?.click().await?;
    world.sees("Demo Person").await?;

    // A used code is no longer valid.
    let calls = site.calls();
    let used = calls.iter().rfind(|call| call.method == "POST").context("no code was sent")?;
    let again = format!(
        "const done = arguments[0];
         fetch('/api/token', {{ method: 'POST', headers: {{ 'content-type': 'application/json', 'x-amz-content-sha256': '{hash}' }}, body: {body} }})
            .then(async (answer) => done([answer.status, (await answer.json()).error]), done)",
        body = json!(String::from_utf8_lossy(&used.body)),
        hash = deploy::sha256(&used.body),
    );
    let answer = world.browser.execute_async(&again, vec![]).await?.json().clone();
    ensure!(answer == json!([400, "invalid_code"]), "{answer}");
    ensure!(function.last_line()?["upstream_error"] == "invalid_grant");
    Ok(())
}

/// Starts the server for an app with this redirect URI; also returns its issuer.
async fn start(redirect_uri: &str) -> Result<(Child, String)> {
    let toolbox = tools::ensure(&[Tool::Django])?;
    let admin = toolbox.path("django-admin")?;
    let packages = admin.ancestors().nth(2).context("django-admin is not in `bin` beside `lib`")?.join("lib");
    let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
    let settings = json!({
        "port": port,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uri": redirect_uri,
        "origin": redirect_uri.trim_end_matches("/auth"),
    });
    let mut python = toolbox.command("python3");
    python.arg(workspace().join("tests/openid/django/server.py")).arg(packages).arg(settings.to_string());
    let log = workspace().join(format!("target/e2e/django-{port}.log"));
    let mut child = Child::spawn(python, "django-oauth-toolkit", Output::File(log))?;
    wait_for(&mut child, port).await?;
    Ok((child, format!("http://127.0.0.1:{port}/o")))
}
