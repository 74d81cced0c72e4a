//! AniAPI's login: its envelope, the session, and the redirect.

use emulator::aniapi::{CLIENT_ID, Emulator, REDIRECT_URI};
use serde_json::json;

use crate::http::{Browser, with_query};
use crate::{A_MOMENT, THREE_MINUTES};

fn authorize(emulator: &Emulator, response_type: &str, state: &str) -> String {
    let pairs =
        [("response_type", response_type), ("client_id", CLIENT_ID), ("redirect_uri", REDIRECT_URI), ("state", state)];
    with_query(&emulator.authorize_url(), &pairs)
}

fn credentials(email: &str, password: &str) -> String {
    json!({"email": email, "password": password, "g_recaptcha_response": ""}).to_string()
}

fn demo() -> String {
    credentials("demo@aniapi.test", "demo")
}

/// Logs in at an address. Returns the envelope's status and `data`.
async fn log_in(browser: &mut Browser, url: &str, body: &str) -> (u64, String) {
    let answer = browser.post(url, body).await;
    assert_eq!(answer.status, 200, "a login has HTTP 200");
    let envelope = answer.json();
    let status = envelope["status_code"].as_u64().expect("a status");
    let data = envelope["data"].as_str().expect("data").to_owned();
    (status, data)
}

#[tokio::test]
async fn login_returns_the_redirect() {
    let emulator = crate::emulator().await;
    let mut browser = Browser::new();
    let url = authorize(&emulator, "code", "S");
    browser.get(&url).await;

    let (status, address) = log_in(&mut browser, &url, &demo()).await;
    assert_eq!(status, 200);
    let code = address
        .strip_prefix("http://localhost:3000/auth?code=")
        .and_then(|rest| rest.strip_suffix("&state=S"))
        .expect("the redirect URI with a code and the state");
    assert_eq!(code.len(), 30);
    assert!(code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
}

#[tokio::test]
async fn the_state_is_echoed_without_encoding() {
    let emulator = crate::emulator().await;
    let mut browser = Browser::new();
    let url = authorize(&emulator, "code", "a b&c=d#ä");
    browser.get(&url).await;

    let (_, address) = log_in(&mut browser, &url, &demo()).await;
    assert!(address.ends_with("&state=a b&c=d#ä"), "{address}");
}

#[tokio::test]
async fn response_type_token_returns_the_token_in_the_fragment() {
    let emulator = crate::emulator().await;
    let mut browser = Browser::new();
    let url = authorize(&emulator, "token", "S");
    browser.get(&url).await;

    let (_, address) = log_in(&mut browser, &url, &demo()).await;
    let token = address
        .strip_prefix("http://localhost:3000/auth#access_token=")
        .and_then(|rest| rest.strip_suffix("&state=S"))
        .expect("the redirect URI with a token and the state");
    assert_eq!(token.split('.').count(), 3);
}

#[tokio::test]
async fn wrong_credentials_are_rejected_in_the_envelope() {
    let emulator = crate::emulator().await;
    let mut browser = Browser::new();
    let url = authorize(&emulator, "code", "S");
    browser.get(&url).await;

    for (email, password) in [("demo@aniapi.test", "wrong"), ("unknown@aniapi.test", "demo")] {
        let answer = log_in(&mut browser, &url, &credentials(email, password)).await;
        assert_eq!(answer, (401, "Credentials are not valid".to_owned()));
    }
    let (status, _) = log_in(&mut browser, &url, &demo()).await;
    assert_eq!(status, 200, "the request is still pending");
}

#[tokio::test]
async fn a_person_without_a_verified_e_mail_can_log_in() {
    let emulator = crate::emulator().await;
    let mut browser = Browser::new();
    let url = authorize(&emulator, "code", "S");
    browser.get(&url).await;

    let body = credentials("unverified@aniapi.test", "demo");
    let (status, _) = log_in(&mut browser, &url, &body).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn login_requires_a_session_and_credentials() {
    let emulator = crate::emulator().await;
    let url = authorize(&emulator, "code", "S");
    let (status, _) = log_in(&mut Browser::new(), &url, &demo()).await;
    assert_eq!(status, 400, "no session");

    let mut browser = Browser::new();
    browser.get(&url).await;
    for body in ["", "{}", "email=demo"] {
        let (status, _) = log_in(&mut browser, &url, body).await;
        assert_eq!(status, 400, "{body:?}");
    }
}

#[tokio::test]
async fn pending_request_expires_after_three_minutes() {
    let emulator = crate::emulator().await;
    let mut browser = Browser::new();
    let url = authorize(&emulator, "code", "S");
    browser.get(&url).await;

    emulator.advance(THREE_MINUTES - A_MOMENT);
    let (status, _) = log_in(&mut browser, &url, &demo()).await;
    assert_eq!(status, 200);

    emulator.advance(A_MOMENT);
    let (status, _) = log_in(&mut browser, &url, &demo()).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_second_tab_overwrites_the_request_of_the_first() {
    let emulator = crate::emulator().await;
    let mut browser = Browser::new();
    let first = authorize(&emulator, "code", "FIRST");
    let second = authorize(&emulator, "code", "SECOND");
    browser.get(&first).await;
    browser.get(&second).await;

    let (_, address) = log_in(&mut browser, &first, &demo()).await;
    assert!(address.ends_with("&state=SECOND"), "{address}");
}

#[tokio::test]
async fn each_browser_has_its_own_pending_request() {
    let emulator = crate::emulator().await;
    let (mut mine, mut theirs) = (Browser::new(), Browser::new());
    let url = authorize(&emulator, "code", "MINE");
    mine.get(&url).await;
    theirs.get(&authorize(&emulator, "code", "THEIRS")).await;

    let (_, address) = log_in(&mut mine, &url, &demo()).await;
    assert!(address.ends_with("&state=MINE"), "{address}");
}

#[tokio::test]
async fn login_does_not_consume_the_pending_request() {
    let emulator = crate::emulator().await;
    let mut browser = Browser::new();
    let url = authorize(&emulator, "code", "S");
    browser.get(&url).await;

    let (_, first) = log_in(&mut browser, &url, &demo()).await;
    let (status, second) = log_in(&mut browser, &url, &demo()).await;
    assert_eq!(status, 200);
    assert_ne!(first, second, "each login issues a new code");
}
