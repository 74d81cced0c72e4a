//! The hook in a real page.

use std::sync::mpsc;

use gloo_net::http::Method;
use leptos::mount::mount_to;
use wasm_bindgen_test::wasm_bindgen_test;

use super::*;

/// Counts those who listen to the window.
const COUNT: &str = "window.listening = 0;
    for (const [name, more] of [['addEventListener', 1], ['removeEventListener', -1]]) {
        const real = window[name];
        window[name] = (...all) => { window.listening += more; return real.apply(window, all) };
    }";

/// The events of the browser that the app listens to, by name.
const HEARD: [&str; 7] = ["storage", "visibilitychange", "focus", "pageshow", "popstate", "offline", "online"];

/// A session that a page before has kept, a function that answers, and an API that counts its requests.
const SIGNED_IN: &str = "window.asked = 0;
    const config = { providers: [{
        id: 'demo', name: 'Demo', client_id: 'id', authorize_url: 'https://login.example/', redirect_uris: [],
        profile_url: 'https://api.example/me',
    }] };
    window.realFetch = window.fetch;
    window.fetch = async (request) => {
        const path = new URL(request.url ?? request, location.href).pathname;
        if (path === '/list') window.asked += 1;
        return Response.json(path.endsWith('/config') ? config : {});
    };
    const session = { id: 'id', provider: 'demo', access_token: 't0ken', started_at: Date.now(),
        expires_at: Date.now() + 60000 };
    sessionStorage.setItem('expired.session', JSON.stringify(session))";

/// An hour passes, and no timer has fired yet: so it is when a device wakes up.
const SLEEP: &str = "window.realNow = Date.now; Date.now = () => window.realNow() + 3600000";

fn run(script: &str) -> f64 {
    let result = js_sys::Function::new_no_args(script).call0(&wasm_bindgen::JsValue::UNDEFINED);
    result.expect("the script is right").as_f64().unwrap_or_default()
}

/// An app that keeps its things under that prefix. It is there until what is given beside it is dropped.
fn mount(prefix: &'static str) -> (Auth, impl Sized) {
    let (put, auth) = mpsc::channel();
    let app = move || {
        // The channel is ours, and nothing has closed it.
        let _ = put.send(provide_auth_with_options(AuthOptions::new().storage_prefix(prefix)));
    };
    let page = mount_to(document().body().expect("the page has a body"), app);
    (auth.recv().expect("the app was mounted"), page)
}

#[wasm_bindgen_test]
async fn after_the_app_is_unmounted_nothing_listens_and_nothing_panics() {
    run(COUNT);
    let (auth, page) = mount("unmounted");
    assert_eq!(auth.waiting().get_untracked(), Some(Waiting::Config));
    assert!(run("return listening") >= HEARD.len() as f64, "it listens");
    drop(page);
    assert_eq!(run("return listening"), 0.0, "it still listens");
    for name in HEARD {
        let event = web_sys::Event::new(name).expect("an event can be made");
        window().dispatch_event(&event).expect("it is dispatched");
    }
    // The answer to the request for the configuration, which was stopped, and every timer that was set.
    let turn = js_sys::Promise::new(&mut |resolve, _| {
        let resolve = Box::new(move || drop(resolve.call0(&wasm_bindgen::JsValue::UNDEFINED)));
        set_timeout(resolve, std::time::Duration::ZERO);
    });
    wasm_bindgen_futures::JsFuture::from(turn).await.expect("the timer fires");
    assert!(auth.read(|_| ()).is_none(), "it is still there");
    auth.log_in();
    auth.log_out();
    auth.retry();
}

#[wasm_bindgen_test]
async fn a_token_that_has_expired_unnoticed_is_not_sent() {
    run(SIGNED_IN);
    let (auth, _page) = mount("expired");
    let answer = auth.request(Method::GET, "/list").send().await;
    assert_eq!(answer.expect("the session is good").status(), 200);
    assert_eq!(run("return asked"), 1.0);
    run(SLEEP);
    assert!(auth.is_signed_in().get_untracked(), "nothing has noticed yet");
    let answer = auth.request(Method::GET, "/list").send().await;
    run("Date.now = window.realNow; window.fetch = window.realFetch");
    assert!(answer.is_err(), "it was answered");
    assert_eq!(run("return asked"), 1.0, "it was sent");
    assert!(!auth.is_signed_in().get_untracked(), "the person is still signed in");
}
