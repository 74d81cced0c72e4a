//! The attacker wants the client's secret, or another's token, and reads what everybody can read. RFC 9700, 2.6;
//! RFC 10017, 6.3.4.2.1. What stops it: the secret exists in the function alone, and nothing secret is written down.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use emulator::Service;
use emulator::aniapi::CLIENT_SECRET;
use xtask::workspace;

use crate::openid::server as certified;

use browser::world::World;

pub async fn neither_site_nor_log_nor_answer_holds_a_secret(world: World) -> Result<()> {
    world.open("/").await?;
    let state = world.begin().await?;
    world.finish().await?;
    let token = world.script("return JSON.parse(sessionStorage.getItem('aniapi-login.session')).access_token").await?;
    let token = token.as_str().context("there is a token")?.to_owned();
    let exchange = world.site().calls().into_iter().find(|call| call.method == "POST").context("a code was sent")?;
    let body: serde_json::Value = serde_json::from_slice(&exchange.body)?;
    let code = body["code"].as_str().context("it has a code")?.to_owned();

    // Refusals of every row that a page can provoke, beside what the function was asked in this run before.
    for (method, path, body) in [
        ("POST", "/api/token", format!(r#"{{"provider":"{code}","code":"{state}","redirect_uri":"{token}"}}"#)),
        ("POST", "/api/token", format!("{code}{state}{token}")),
        ("PUT", "/api/token", state.clone()),
        ("GET", &*format!("/api/config?code={code}&state={state}"), String::new()),
        ("POST", &*format!("/api/{code}?state={state}"), token.clone()),
    ] {
        let body = if method == "GET" { String::new() } else { format!(", body: {body:?}") };
        let ask = format!(
            "const done = arguments[0];
             fetch('{path}', {{ method: '{method}', headers: {{ 'content-type': 'application/json', 'x-echo': '{code}' }}{body} }})
                .then((answer) => answer.text()).then(done, done)"
        );
        world.browser.execute_async(&ask, vec![]).await?;
    }
    let told = world.site().told();
    ensure!(contains(&told, &token), "the token's own answer is among what was told");
    for secret in [CLIENT_SECRET, &code, &state] {
        ensure!(!contains(&told, secret), "an answer of the function holds a secret");
    }

    let mut read = Vec::new();
    collect(&world.stack.site_folder, &mut read)?;
    ensure!(read.len() > 4, "the site has files");
    // The logs of every function that ran: with AniAPI, with all providers, of the own app, at the certified provider.
    for log in std::fs::read_dir(workspace().join("target/e2e"))?.flatten().map(|entry| entry.path()) {
        let name = log.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("function") && name.ends_with(".log") {
            read.push((name, std::fs::read(&log)?));
        }
    }
    ensure!(read.iter().any(|(name, log)| name == "function.log" && contains(log, "/api/token")), "a log is read");
    let home = workspace().to_string_lossy().into_owned();
    for (name, bytes) in &read {
        let secrets = Service::ALL.map(|service| service.client().1);
        for secret in secrets.into_iter().chain([&*token, &code, &state, "demo@aniapi.test", certified::CLIENT_SECRET])
        {
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
