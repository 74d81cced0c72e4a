//! The attacker has a page at another origin, on another site or on another port of the same host, and wants to read,
//! renew or end the person's session, or to call the API with it (RFC 10017, 6.1.3.2 and 6.1.3.3). Defence: `SameSite`
//! against other sites (it ignores ports); `Origin`, `Sec-Fetch-Site` and `Sec-Fetch-Dest` against all; the header
//! `X-Session`, which needs a preflight that is never allowed.

use anyhow::{Context as _, Result, ensure};
use deploy::{headers, sha256, template_path};
use emulator::loopback_listeners;
use reqwest::StatusCode;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::{Value, json};
use stack::session::SessionMode;
use stack::site::{Call, Site};

use super::attacker::Attacker;
use super::thief::{client, log_in, provider, session_id};
use browser::sessions::SESSION;
use browser::world::{PERSON, World};

const API: &str = "/api/provider/status/200";

/// The headers of a request from one of our pages.
const OURS: [(&str, &str); 2] = [("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "empty")];

pub async fn foreign_page_cannot_use_the_session(world: World) -> Result<()> {
    let session = log_in(&world, PERSON).await?;
    let cookies = cookies(&world).await?;
    // The worst case: the attacker knows the session's id.
    let requests = [
        ("GET", SESSION, "no-cors", json!({}), Value::Null),
        ("GET", SESSION, "cors", json!({}), Value::Null),
        ("POST", SESSION, "no-cors", json!({ "content-type": "text/plain" }), json!("{\"renewals\":0}")),
        ("POST", SESSION, "no-cors", json!({}), Value::Null),
        ("POST", SESSION, "cors", json!({ "content-type": "application/json" }), json!("{\"renewals\":0}")),
        ("POST", SESSION, "cors", json!({ "x-session": session }), Value::Null),
        ("DELETE", SESSION, "cors", json!({}), Value::Null),
        ("DELETE", SESSION, "cors", json!({ "x-session": session }), Value::Null),
        ("GET", API, "no-cors", json!({}), Value::Null),
        ("GET", API, "cors", json!({}), Value::Null),
        ("GET", API, "cors", json!({ "x-session": session }), Value::Null),
        ("POST", API, "no-cors", json!({ "content-type": "text/plain" }), json!("{}")),
    ];
    let page = format!(
        "<script>(async () => {{
            const gotten = [];
            for (const [method, path, mode, headers, body] of {}) {{
                await fetch('{}' + path, {{ method, mode, headers, body, credentials: 'include' }})
                    .then(async (answer) => gotten.push([answer.type, answer.status, await answer.text()]), () => gotten.push(null));
            }}
            window.gotten = gotten;
        }})()</script>",
        json!(requests),
        world.site().url()
    );
    for (name, sends_cookie) in [("127.0.0.1", false), ("localhost", true)] {
        world.site().forget();
        let before = asked(&world);
        let attacker = Attacker::start(page.clone()).await?;
        world.browser.goto(attacker.url().replace("127.0.0.1", name)).await?;
        world.until("every request has had its answer", "return Array.isArray(window.gotten)").await?;
        let gotten = world.script("return window.gotten").await?;
        let gotten = gotten.as_array().context("the page has no list of responses")?;
        ensure!(gotten.len() == requests.len());
        for (answer, request) in gotten.iter().zip(&requests) {
            // The page cannot read an opaque response.
            ensure!(answer.is_null() || *answer == json!(["opaque", 0, ""]), "{name}: {request:?}: {answer}");
        }
        ensure!(asked(&world) == before, "{name}: the provider was asked");

        let calls = world.site().calls();
        let arrived: Vec<_> = calls.iter().filter(|call| call.method != "OPTIONS").collect();
        ensure!(arrived.len() == 7, "{name}: without a preflight {arrived:?}");
        for call in arrived {
            ensure!(has(call, &cookies) == sends_cookie, "{name}: {call:?}");
            refused_for_its_origin(&world, call, &session, &cookies).await?;
        }
    }
    world.open("/").await?;
    world.is_greeted().await?;
    ensure!(session_id(&world).await? == session, "the person is no longer signed in as before");
    Ok(())
}

/// The worst case: no policy against frames and images, and the page is the app's own.
pub async fn api_rejects_navigation_frames_images_scripts_and_forms(world: World) -> Result<()> {
    let session = log_in(&world, PERSON).await?;
    let cookies = cookies(&world).await?;
    let unprotected = without_policy(&world).await?;
    for (dest, script) in [
        ("document", format!("location.href = '{API}'")),
        ("document", format!("add('form', {{ action: '{API}' }}).submit()")),
        ("document", format!("add('form', {{ action: '{API}', method: 'post' }}).submit()")),
        ("iframe", format!("add('iframe', {{ src: '{API}' }})")),
        ("image", format!("add('img', {{ src: '{API}' }})")),
        ("script", format!("add('script', {{ src: '{API}' }})")),
        ("style", format!("add('link', {{ rel: 'stylesheet', href: '{API}' }})")),
        ("object", format!("add('object', {{ data: '{API}' }})")),
        ("video", format!("add('video', {{ src: '{API}' }})")),
    ] {
        world.browser.goto(unprotected.url()).await?;
        world.find("main h1").await?;
        unprotected.forget();
        let before = asked(&world);
        let add = "const add = (name, properties) => {
            const element = Object.assign(document.createElement(name), properties);
            document.body.append(element);
            return element;
        };";
        world.script(&format!("{add} setTimeout(() => {{ {script} }})")).await?;
        let call = || unprotected.calls().into_iter().find(|call| call.path.starts_with(API));
        world.until_there(&script, |_| call().is_some()).await?;
        let call = call().context("no request arrived")?;
        ensure!(call.headers.get("sec-fetch-dest").is_some_and(|sent| sent == dest), "{script}: {call:?}");
        ensure!(has(&call, &cookies), "{call:?}");
        ensure!(asked(&world) == before, "{script}: the provider was asked");
        refused_for_its_origin(&world, &call, &session, &cookies).await?;
        // Control: the request is rejected because of its destination.
        let origin = world.site().url();
        let others =
            [("sec-fetch-site", "same-origin"), ("origin", &*origin), ("cookie", &*cookies), ("x-session", &*session)];
        ensure!(again(&world, &call, &others).await? == StatusCode::FORBIDDEN, "{script}");
    }
    Ok(())
}

/// The app without its policy, on another port, for the same session.
async fn without_policy(world: &World) -> Result<Site> {
    let parameters = [("ConnectOrigins", ""), ("PictureOrigins", "https:")];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let mut headers = headers::read(&template_path(), &parameters)?;
    headers.every.remove("content-security-policy").context("there is no policy")?;
    let stack = &world.stack;
    let site = Site::start(loopback_listeners(0).await?, &stack.site_folder, &stack.function_url, headers)?;
    let port = stack
        .site
        .url()
        .rsplit(':')
        .next()
        .and_then(|port| port.parse().ok())
        .context("the site's address has no port")?;
    site.session_port(port);
    Ok(site)
}

/// Checks that the function rejects the request as sent, and also with everything that one of our pages would send
/// except one of the two proofs of origin (`Origin` and the fetch metadata). With both, the function does what the
/// request asks, so nothing else protects the person.
async fn refused_for_its_origin(world: &World, call: &Call, session: &str, cookies: &str) -> Result<()> {
    let before = asked(world);
    let origin = world.site().url();
    let known = vec![("cookie", cookies), ("x-session", session), ("content-type", "application/json")];
    let with_origin = [&known[..], &[("origin", &*origin)]].concat();
    let with_metadata = [&known[..], &OURS].concat();
    let all = [&with_origin[..], &OURS].concat();
    let is_there = !call.path.starts_with(API) || world.session_mode() == SessionMode::Proxy;
    let refused = if is_there { StatusCode::FORBIDDEN } else { StatusCode::NOT_FOUND };
    for changes in [vec![], known, with_origin] {
        let status = again(world, call, &changes).await?;
        ensure!(status == refused, "{changes:?} of {call:?}: {status}");
    }
    // Browsers need not send `Origin` with these.
    if call.method != "GET" {
        let status = again(world, call, &with_metadata).await?;
        ensure!(status == refused, "{with_metadata:?} of {call:?}: {status}");
    }
    ensure!(asked(world) == before, "the provider was asked");
    // The renewal names another count, so that the session stays the same.
    let call = Call { body: String::from_utf8_lossy(&call.body).replace('0', "9").into(), ..call.clone() };
    let status = again(world, &call, &all).await?;
    ensure!(status == if is_there { StatusCode::OK } else { StatusCode::NOT_FOUND }, "{call:?}: {status}");
    Ok(())
}

/// Sends a request again, with these headers replaced.
async fn again(world: &World, call: &Call, changes: &[(&str, &str)]) -> Result<StatusCode> {
    let mut headers = call.headers.clone();
    for hop in ["host", "connection", "content-length", "accept-encoding"] {
        headers.remove(hop);
    }
    for (name, value) in changes {
        headers.insert(HeaderName::try_from(*name)?, HeaderValue::try_from(*value)?);
    }
    // Otherwise it is the edge that refuses.
    headers.insert("x-amz-content-sha256", HeaderValue::try_from(sha256(&call.body))?);
    let url = format!("{}{}", world.site().url(), call.path);
    let request = client()?.request(call.method.parse()?, url).headers(headers).body(call.body.clone());
    Ok(request.send().await?.status())
}

/// The number of requests to the provider, except for pictures.
fn asked(world: &World) -> usize {
    provider(world).calls().len()
}

/// Whether the browser sent the session's cookies, among others that it has for this host.
fn has(call: &Call, cookies: &str) -> bool {
    call.headers.get("cookie").is_some_and(|sent| sent.to_str().is_ok_and(|sent| sent.contains(cookies)))
}

/// The `Cookie` header of a request for the session.
async fn cookies(world: &World) -> Result<String> {
    let cookies = world.session_cookies().await?;
    ensure!(!cookies.is_empty(), "there is no session");
    Ok(cookies.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect::<Vec<_>>().join("; "))
}
