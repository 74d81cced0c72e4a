//! A day of renewals in fast motion: one process handles one login and hundreds of renewals, with a provider that
//! rotates its refresh tokens, and leaks nothing.

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use emulator::wire;
use serde_json::{Value, json};

use crate::api::{Platform, Reply, event};
use crate::soak::left_behind;

const RENEWALS: usize = 600;

/// How much the process may grow between the first third and the end, in KiB, as in the other soak test.
const SLACK: u64 = 2048;

/// A provider that accepts each refresh token once, and counts reused ones.
fn provider(reused: &Arc<AtomicUsize>) -> wire::Server {
    let reused = Arc::clone(reused);
    let next = Mutex::new(0_usize);
    wire::Server::start(move |mut socket| {
        while let Ok(Some(request)) = wire::Request::read(&mut socket) {
            let body = String::from_utf8_lossy(&request.body).into_owned();
            let mut next = next.lock().expect("the lock is not poisoned");
            let expected = format!("refresh_token=hush-refresh-{next}");
            if body.contains("grant_type=refresh_token") && !body.split('&').any(|part| part == expected) {
                reused.fetch_add(1, Ordering::SeqCst);
            }
            *next += 1;
            let answer = json!({
                "access_token": format!("hush-access-{next}"), "refresh_token": format!("hush-refresh-{next}"),
                "token_type": "Bearer", "expires_in": 60,
            });
            let answer = answer.to_string();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", answer.len());
            if socket.write_all((head + &answer).as_bytes()).is_err() {
                return;
            }
        }
    })
    .expect("a port is free")
}

/// Invokes the function with an event, and returns the body of the response and the cookie that it sets.
async fn invoke(platform: &mut Platform, event: &Value) -> (Value, Option<String>) {
    let reply = platform.invoke(&event.to_string()).await;
    let Reply::Response(answer) = reply else { panic!("{reply:?}") };
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let cookie = answer["cookies"][0].as_str().and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
    (serde_json::from_str(answer["body"].as_str().expect("a response has a body")).expect("valid JSON"), cookie)
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_renewals_leak_nothing() {
    let reused = Arc::new(AtomicUsize::new(0));
    let provider = provider(&reused);
    let address = provider.address().to_string();
    let (token_url, login_url) = (format!("http://{address}/token"), format!("http://{address}/authorize"));
    let variables = [
        ("OAUTH_PROVIDER", "oauth2"),
        ("OAUTH_CLIENT_SECRET", "hush-secret"),
        ("OAUTH_PKCE", "none"),
        ("OAUTH_TOKEN_URL", &*token_url),
        ("OAUTH_AUTHORIZE_URL", &*login_url),
        ("OAUTH_SESSION", "cookie"),
        ("OAUTH_SESSION_KEY", "0123456789abcdefghijklmnopqrstuv"),
    ];
    let mut platform = Platform::with(&address, &variables).await;
    let mut login = event("POST", "/api/token");
    login["body"] =
        json!({ "provider": "oauth2", "code": "c", "redirect_uri": "https://app.example/auth" }).to_string().into();
    let (session, cookie) = invoke(&mut platform, &login).await;
    let mut cookie = cookie.expect("a login sets a cookie");
    let mut renewal = event("POST", "/api/session");
    renewal["headers"]["x-session"] = session["id"].clone();
    let mut after_a_third = None;
    for renewals in 0..RENEWALS {
        if renewals == RENEWALS / 3 {
            after_a_third = left_behind(&mut platform).await;
        }
        renewal["cookies"] = json!([cookie]);
        renewal["body"] = json!({ "renewals": renewals }).to_string().into();
        let (body, next) = invoke(&mut platform, &renewal).await;
        assert_eq!((&body["session"]["id"], &body["session"]["renewals"]), (&session["id"], &json!(renewals + 1)));
        cookie = next.expect("a renewal sets a cookie");
    }
    let at_the_end = left_behind(&mut platform).await;
    assert_eq!(reused.load(Ordering::SeqCst), 0, "each refresh token is used once");
    assert!(!platform.output().contains("hush"), "no token is logged");
    let (Some((sockets, memory)), Some((sockets_at_the_end, memory_at_the_end))) = (after_a_third, at_the_end) else {
        return; // This system has no /proc.
    };
    assert!(sockets_at_the_end <= sockets + 2, "{sockets} open files became {sockets_at_the_end}");
    assert!(memory_at_the_end <= memory + SLACK, "{memory} KiB became {memory_at_the_end} KiB");
}
