//! The attacker wants the client secret or another person's token, and reads everything that is public (RFC 9700, 2.6;
//! RFC 10017, 6.3.4.2.1). Defence: only the function has the secret, and nothing secret is logged.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use deploy::sha256;
use emulator::Service;
use emulator::aniapi::CLIENT_SECRET;
use xtask::workspace;

use crate::openid::server as certified;

use browser::stacks::SESSION_KEYS;
use browser::world::World;

pub async fn no_site_file_log_or_response_has_a_secret(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    world.finish().await?;
    let token = world.script("return JSON.parse(sessionStorage.getItem('aniapi-login.session')).access_token").await?;
    let token = token.as_str().context("there is no token")?.to_owned();
    let exchange = world.site().calls().into_iter().find(|call| call.method == "POST").context("no code was sent")?;
    let body: serde_json::Value = serde_json::from_slice(&exchange.body)?;
    let code = body["code"].as_str().context("the token request has no code")?.to_owned();

    // Every refusal that a page can provoke, in addition to the requests of earlier tests in this run.
    for (method, path, body) in [
        ("POST", "/api/token", format!(r#"{{"provider":"{code}","code":"{state}","redirect_uri":"{token}"}}"#)),
        ("POST", "/api/token", format!("{code}{state}{token}")),
        ("PUT", "/api/token", state.clone()),
        ("GET", &*format!("/api/config?code={code}&state={state}"), String::new()),
        ("POST", &*format!("/api/{code}?state={state}"), token.clone()),
    ] {
        let hash = sha256(body.as_bytes());
        let body = if method == "GET" { String::new() } else { format!(", body: {body:?}") };
        let ask = format!(
            "const done = arguments[0];
             fetch('{path}', {{ method: '{method}', headers: {{ 'content-type': 'application/json', 'x-amz-content-sha256': '{hash}', 'x-echo': '{code}' }}{body} }})
                .then((answer) => answer.text()).then(done, done)"
        );
        world.browser.execute_async(&ask, vec![]).await?;
    }
    let said = world.site().responses();
    ensure!(contains(&said, &token), "the response with the token is not among the recorded ones");
    for secret in [CLIENT_SECRET, &code, &state] {
        ensure!(!contains(&said, secret), "a response of the function holds a secret");
    }

    let mut read = Vec::new();
    collect(&world.stack.site_folder, &mut read)?;
    ensure!(read.len() > 4, "the site has too few files");
    // The logs of every function that ran: with AniAPI, with all providers, for the own app, with the certified
    // provider.
    for log in std::fs::read_dir(workspace().join("target/e2e"))?.flatten().map(|entry| entry.path()) {
        let name = log.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("function") && name.ends_with(".log") {
            read.push((name, std::fs::read(&log)?));
        }
    }
    ensure!(
        read.iter().any(|(name, log)| name == "function.log" && contains(log, "/api/token")),
        "the function's log is missing"
    );
    let home = workspace().to_string_lossy().into_owned();
    for (name, bytes) in &read {
        let secrets = Service::ALL.map(|service| service.client().1);
        let own = [&*token, &code, &state, "demo@aniapi.test", certified::CLIENT_SECRET];
        for secret in secrets.into_iter().chain(own).chain(SESSION_KEYS) {
            ensure!(!contains(bytes, secret), "{name} holds a secret");
        }
    }
    for (name, bytes) in read.iter().filter(|(name, _)| !name.ends_with(".log")) {
        ensure!(!contains(bytes, &home), "{name} holds a path of this machine");
    }
    Ok(())
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn collect(folder: &Path, into: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, into)?;
        } else {
            into.push((path.display().to_string(), std::fs::read(&path)?));
        }
    }
    Ok(())
}
