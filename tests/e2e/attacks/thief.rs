//! The attacker's script in the page, and a program of the attacker's outside the browser.

use anyhow::{Context as _, Result, ensure};
use emulator::{Emulator, Service, Tokens};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use browser::sessions::{SESSION, hashed};
use browser::world::{PASSWORD, PERSON, World};
use deploy::sha256;

/// The lifetime of an access token.
pub(super) const TOKEN_S: u64 = 300;

/// The worst case of a script: it runs before the app's own, records what the app sends and receives, and then looks at
/// everything that a page can reach, including the memory of the app's WebAssembly.
const THIEF: &str = "{
    const noted = [];
    const fetch = window.fetch;
    window.fetch = async (...call) => {
        const request = call[0] instanceof Request ? call[0].clone() : new Request(...call);
        noted.push(request.url, JSON.stringify([...request.headers]), await request.text());
        const answer = await fetch(...call);
        noted.push(JSON.stringify([...answer.headers]));
        answer.clone().text().then((text) => noted.push(text), () => {});
        return answer;
    };
    new BroadcastChannel('aniapi-login').onmessage = ({ data }) => noted.push(data);
    const everywhere = async () => {
        const session = await fetch('/api/session');
        const app = await (await import(document.getElementById('app-js').href)).default();
        return {
            sessionStorage: JSON.stringify(sessionStorage),
            localStorage: JSON.stringify(localStorage),
            cookies: document.cookie,
            cookieStore: JSON.stringify(await cookieStore.getAll()),
            session: JSON.stringify([...session.headers]) + await session.text(),
            noted: noted.join(),
            memory: new TextDecoder('latin1').decode(app.memory.buffer),
            page: document.documentElement.outerHTML,
            databases: JSON.stringify(await indexedDB.databases()),
            caches: (await caches.keys()).join(),
        };
    };
    window.whereAre = async (needles) => {
        const places = Object.entries(await everywhere());
        return needles.map((needle) => places.filter(([, text]) => text.includes(needle)).map(([place]) => place));
    };
}";

pub(super) fn provider(world: &World) -> &Emulator {
    world.emulator_of(Service::Keycloak)
}

/// Logs in with the script in every page. Returns the session's id.
pub(super) async fn log_in_before_the_thief(world: &World) -> Result<String> {
    world.on_every_page(THIEF).await?;
    log_in(world, PERSON).await
}

pub(super) async fn log_in(world: &World, email: &str) -> Result<String> {
    provider(world).reset();
    provider(world).set_tokens(Tokens { access_token_s: Some(TOKEN_S), refresh: Some(true), rotate: Some(true) });
    world.open("/").await?;
    world.begin_with(Service::Keycloak).await?;
    world.give(email, PASSWORD).await?;
    world.is_greeted().await?;
    session_id(world).await
}

pub(super) async fn session_id(world: &World) -> Result<String> {
    let ask = "const done = arguments[0];
        const kept = sessionStorage.getItem('aniapi-login.session');
        if (kept) done(JSON.parse(kept).id);
        else fetch('/api/session').then((answer) => answer.json()).then(({ session }) => done(session.id), done)";
    let id = world.browser.execute_async(ask, vec![]).await?.json().clone();
    Ok(id.as_str().with_context(|| format!("there is no session: {id}"))?.to_owned())
}

/// The access tokens in the requests to the provider.
pub(super) fn tokens(world: &World) -> Result<Vec<String>> {
    let seen = provider(world).seen();
    let bearer = |seen: &emulator::Seen| seen.header("authorization")?.strip_prefix("Bearer ").map(str::to_owned);
    let mut tokens: Vec<_> = seen.iter().filter_map(bearer).collect();
    tokens.sort_unstable();
    tokens.dedup();
    ensure!(!tokens.is_empty(), "no request had an access token");
    Ok(tokens)
}

/// For each needle, the places in which the script finds it.
pub(super) async fn where_are(world: &World, needles: &[impl AsRef<str>]) -> Result<Vec<Vec<String>>> {
    let needles: Vec<_> = needles.iter().map(AsRef::as_ref).collect();
    let look = "const [needles, done] = arguments; whereAre(needles).then(done, (error) => done(String(error)))";
    let found = world.browser.execute_async(look, vec![json!(needles)]).await?.json().clone();
    serde_json::from_value(found.clone()).with_context(|| format!("looking everywhere: {found}"))
}

/// The only entry.
pub(super) fn only(mut answers: Vec<Vec<String>>) -> Result<Vec<String>> {
    ensure!(answers.len() == 1, "{answers:?}");
    answers.pop().context("there is no entry")
}

/// The status of the response to a request of the script.
pub(super) async fn call(world: &World, method: &Method, path: &str, session: &str, body: &str) -> Result<Value> {
    call_with(world, method, path, session, body, "").await
}

pub(super) async fn call_with(
    world: &World,
    method: &Method,
    url: &str,
    session: &str,
    body: &str,
    token: &str,
) -> Result<Value> {
    let ask = "const [method, url, session, token, body, hash, done] = arguments;
        const headers = token ? { authorization: `Bearer ${token}` } : { 'x-session': session };
        if (body) Object.assign(headers, { 'content-type': 'application/json', 'x-amz-content-sha256': hash });
        fetch(url, { method, headers, body: body || undefined }).then(({ status }) => done(status), (error) => done(`${error}`))";
    let arguments = [&[method.as_str(), url, session, token].map(Value::from)[..], &hashed(body)].concat();
    Ok(world.browser.execute_async(ask, arguments).await?.json().clone())
}

/// Closes the page, but not the browser.
pub(super) async fn close(world: &World) -> Result<()> {
    let page = world.browser.window().await?;
    let other = world.browser.new_tab().await?;
    world.go_to_tab(&page).await?;
    world.browser.close_window().await?;
    world.go_to_tab(&other).await
}

pub(super) fn client() -> Result<Client> {
    function::client::build(&[]).map_err(anyhow::Error::from_boxed)
}

/// A program of the attacker's can send any headers: the id of the session, and those of a page of the app. It gets
/// these statuses for a renewal and for an API call.
pub(super) async fn elsewhere(
    world: &World,
    session: &str,
    cookie: Option<&str>,
    expected: [StatusCode; 2],
) -> Result<()> {
    let origin = world.site().url();
    for ((method, path, body), expected) in
        [(Method::POST, SESSION, r#"{"renewals":0}"#), (Method::GET, "/api/provider/status/200", "")]
            .into_iter()
            .zip(expected)
    {
        let mut request = client()?
            .request(method.clone(), format!("{origin}{path}"))
            .header("origin", &origin)
            .header("sec-fetch-site", "same-origin")
            .header("sec-fetch-dest", "empty")
            .header("x-session", session)
            .header("content-type", "application/json")
            .header("x-amz-content-sha256", sha256(body.as_bytes()))
            .body(body);
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        let status = request.send().await?.status();
        ensure!(status == expected, "{method} {path}: {status}");
    }
    Ok(())
}
