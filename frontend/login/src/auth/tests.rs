//! Tests of the hook in a real page.

use std::sync::mpsc;

use gloo_net::http::Method;
use leptos::mount::mount_to;
use wasm_bindgen_test::wasm_bindgen_test;

use super::*;

/// Counts the event listeners of the window.
const COUNT: &str = "window.listening = 0;
    for (const [name, more] of [['addEventListener', 1], ['removeEventListener', -1]]) {
        const real = window[name];
        window[name] = (...all) => { window.listening += more; return real.apply(window, all) };
    }";

/// The names of the browser events that the app listens to.
const HEARD: [&str; 8] =
    ["storage", "visibilitychange", "focus", "pagehide", "pageshow", "popstate", "offline", "online"];

/// A stored session from an earlier page, a function that responds, and an API that counts its requests.
const SIGNED_IN: &str = "window.asked = 0;
    const config = { providers: [{
        id: 'demo', name: 'Demo', client_id: 'id', authorize_url: 'https://login.example/', redirect_uris: [],
        profile_url: 'https://api.example/me',
    }] };
    window.realFetch = window.fetch;
    window.fetch = async (url) => {
        const path = new URL(url, location.href).pathname;
        if (path === '/list') window.asked += 1;
        return Response.json(path.endsWith('/config') ? config : {});
    };
    const session = { id: 'id', provider: 'demo', access_token: 't0ken', started_at: Date.now(),
        expires_at: Date.now() + 60000 };
    sessionStorage.setItem('expired.session', JSON.stringify(session))";

/// Lets an hour pass without a timer firing, as when a device wakes up.
const SLEEP: &str = "window.realNow = Date.now; Date.now = () => window.realNow() + 3600000";

fn run(script: &str) -> f64 {
    let result = js_sys::Function::new_no_args(script).call0(&wasm_bindgen::JsValue::UNDEFINED);
    result.expect("the script is valid").as_f64().unwrap_or_default()
}

/// Mounts an app with that storage prefix. It is unmounted when the second value is dropped.
fn mount(prefix: &'static str) -> (Auth, impl Sized) {
    let (put, auth) = mpsc::channel();
    let app = move || {
        // The receiver is still open.
        let _ = put.send(provide_auth_with_options(AuthOptions::new().storage_prefix(prefix)));
    };
    let page = mount_to(document().body().expect("the page has a body"), app);
    (auth.recv().expect("the app was mounted"), page)
}

#[wasm_bindgen_test]
async fn unmounted_app_has_no_listeners_and_does_not_panic() {
    run(COUNT);
    let (auth, page) = mount("unmounted");
    assert_eq!(auth.waiting().get_untracked(), Some(Waiting::Session));
    assert!(run("return listening") >= HEARD.len() as f64, "listeners are missing");
    drop(page);
    assert_eq!(run("return listening"), 0.0, "listeners are left");
    for name in HEARD {
        let event = web_sys::Event::new(name).expect("an event can be made");
        window().dispatch_event(&event).expect("it is dispatched");
    }
    // Lets the cancelled request for the configuration and every timer finish.
    let turn = js_sys::Promise::new(&mut |resolve, _| {
        let resolve = Box::new(move || drop(resolve.call0(&wasm_bindgen::JsValue::UNDEFINED)));
        set_timeout(resolve, std::time::Duration::ZERO);
    });
    wasm_bindgen_futures::JsFuture::from(turn).await.expect("the timer fires");
    assert!(auth.read(|_| ()).is_none(), "the app is still mounted");
    auth.log_in();
    auth.log_out();
    auth.retry();
}

#[wasm_bindgen_test]
async fn expired_token_is_not_sent_after_a_sleep() {
    run(SIGNED_IN);
    let (auth, _page) = mount("expired");
    let answer = auth.request(Method::GET, "/list").send().await;
    assert_eq!(answer.expect("the session is valid").status(), 200);
    assert_eq!(run("return asked"), 1.0);
    run(SLEEP);
    assert!(auth.is_signed_in().get_untracked(), "the expiry was noticed too early");
    let answer = auth.request(Method::GET, "/list").send().await;
    run("Date.now = window.realNow; window.fetch = window.realFetch");
    assert!(answer.is_err(), "there was a response");
    assert_eq!(run("return asked"), 1.0, "the expired token was sent");
    assert!(!auth.is_signed_in().get_untracked(), "the person is still signed in");
}

/// A function that keeps the session in a cookie, and an API that accepts only tokens from a renewal.
const IN_COOKIE: &str = "window.calls = [];
    const config = { session: 'MODE', providers: [{
        id: 'demo', name: 'Demo', client_id: 'id', authorize_url: 'https://login.example/', redirect_uris: [],
        api_url: 'https://api.example/v1',
    }] };
    const session = { id: 'id', mode: 'MODE', provider: 'demo', renewals: 0, renewable: true, expires_in: 3600, ends_in: 7200,
        profile: null };
    window.realFetch = window.fetch;
    window.fetch = async (url, init) => {
        const request = new Request(url, init);
        const { pathname, search, host } = new URL(request.url);
        const { method, headers } = request;
        const body = await request.text();
        const has = (name) => headers.has(name) ? ` ${name}=${headers.get(name).slice(0, 10)}` : '';
        if (!pathname.endsWith('/config')) {
            const said = ['authorization', 'x-session', 'content-type', 'x-amz-content-sha256'].map(has).join('');
            calls.push(`${method} ${host === location.host ? '' : host}${pathname}${search}${said} ${body}`.trim());
        }
        if (pathname.endsWith('/config')) return Response.json(config);
        if (pathname.endsWith('/session')) {
            if (method === 'POST') session.renewals += 1;
            if ('MODE' === 'cookie') session.access_token = `token-${session.renewals}`;
            return Response.json({ session });
        }
        const isGood = session.renewals > 0;
        const headersOfApi = { 'x-provider': 'demo', 'content-type': 'application/json' };
        if (isGood || 'MODE' === 'cookie') return new Response('{}', { status: isGood ? 200 : 401, headers: headersOfApi });
        const refusal = { error: 'token_expired', message: 'x', retry: 'later', request_id: 'id' };
        return Response.json(refusal, { status: 401 });
    }";

/// Sends a request with such a session. Returns its status and every call except that for the configuration.
async fn call_in_cookie(mode: &str, prefix: &'static str, method: Method, body: Option<&str>) -> (u16, Vec<String>) {
    run(&IN_COOKIE.replace("MODE", mode));
    let (auth, _page) = mount(prefix);
    let request = auth.request(method, "/v1/list?page=2").header("accept", "application/json");
    let request = match body {
        Some(body) => request.body(body),
        None => request,
    };
    let answer = request.send().await;
    let calls = js_sys::Function::new_no_args("window.fetch = window.realFetch; return calls.join('\\n')");
    let calls = calls.call0(&wasm_bindgen::JsValue::UNDEFINED).expect("the script is valid");
    let calls = calls.as_string().unwrap_or_default();
    (answer.expect("there is a response").status(), calls.lines().map(str::to_owned).collect())
}

#[wasm_bindgen_test]
async fn rejected_token_is_renewed_and_the_request_retried_once() {
    let (status, calls) = call_in_cookie("cookie", "refused", Method::GET, None).await;
    let expected = [
        "GET /api/session",
        "GET api.example/v1/list?page=2 authorization=Bearer tok",
        "POST /api/session x-session=id content-type=applicatio x-amz-content-sha256=HASH {\"renewals\":0}",
        "GET api.example/v1/list?page=2 authorization=Bearer tok",
    ];
    assert_eq!((status, without_hashes(&calls)), (200, expected.map(str::to_owned).into()));
}

#[wasm_bindgen_test]
async fn request_goes_through_the_function_in_proxy_mode() {
    let (status, calls) = call_in_cookie("proxy", "proxied", Method::PUT, Some("[1]")).await;
    let call = "PUT /api/provider/list?page=2 x-session=id content-type=text/plain x-amz-content-sha256=HASH [1]";
    let renewal = "POST /api/session x-session=id content-type=applicatio x-amz-content-sha256=HASH {\"renewals\":0}";
    let expected = ["GET /api/session", call, renewal, call];
    assert_eq!((status, without_hashes(&calls)), (200, expected.map(str::to_owned).into()));
}

/// The calls, with each hash replaced by `HASH`.
fn without_hashes(calls: &[String]) -> Vec<String> {
    let hidden = |call: &String| match call.split_once("sha256=") {
        Some((before, after)) => format!("{before}sha256=HASH{}", &after[10..]),
        None => call.clone(),
    };
    calls.iter().map(hidden).collect()
}
