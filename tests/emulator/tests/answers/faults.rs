//! Faults on demand, and what the emulator tells about the requests it received.

use std::time::{Duration, Instant};

use emulator::aniapi::{Emulator, Endpoint, Fault, Refusal};
use serde_json::json;

use crate::http::Browser;

fn endpoints(emulator: &Emulator) -> [(Endpoint, &'static str, String); 3] {
    [
        (Endpoint::Authorize, "GET", emulator.authorize_url()),
        (Endpoint::Token, "POST", emulator.token_url()),
        (Endpoint::Profile, "GET", emulator.profile_url()),
    ]
}

#[tokio::test]
async fn a_fault_shows_at_its_endpoint_alone_until_the_reset() {
    let emulator = crate::emulator().await;
    let mut browser = Browser::new();
    for (broken, ..) in endpoints(&emulator) {
        emulator.misbehave(broken, Fault::Status(503));
        for (endpoint, method, url) in endpoints(&emulator) {
            let answer = browser.send(method, &url, &[], "").await;
            let is_broken = answer.status == 503;
            assert_eq!(is_broken, endpoint == broken, "{broken:?} at {endpoint:?}");
        }
        emulator.reset();
    }
    for (endpoint, method, url) in endpoints(&emulator) {
        let answer = browser.send(method, &url, &[], "").await;
        assert_ne!(answer.status, 503, "{endpoint:?}");
    }
}

#[tokio::test]
async fn a_status_comes_with_an_envelope_and_a_further_call_replaces_it() {
    let emulator = crate::emulator().await;
    emulator.misbehave(Endpoint::Token, Fault::Status(503));
    emulator.misbehave(Endpoint::Token, Fault::Status(502));

    let answer = Browser::new().post(&emulator.token_url(), "").await;
    assert_eq!(answer.status, 502);
    assert_eq!(answer.json(), json!({"status_code": 502, "message": "Bad Gateway", "version": "1"}));
}

#[tokio::test]
async fn a_delayed_answer_is_the_right_one_later() {
    let emulator = crate::emulator().await;
    let delay = Duration::from_millis(50);
    emulator.misbehave(Endpoint::Token, Fault::Delay(delay));

    let began = Instant::now();
    let answer = Browser::new().post(&emulator.token_url(), "").await;
    assert!(began.elapsed() >= delay);
    assert_eq!(answer.json()["data"], "Missing required field");
}

#[tokio::test]
async fn the_end_of_the_emulator_ends_what_it_never_answers() {
    for fault in [Fault::NeverAnswer, Fault::Delay(Duration::from_secs(24 * 60 * 60))] {
        let emulator = crate::emulator().await;
        emulator.misbehave(Endpoint::Token, fault.clone());
        let url = emulator.token_url();
        let request = tokio::spawn(async move {
            let mut browser = Browser::new();
            browser.try_send("POST", &url, &[], "").await.is_err()
        });
        while emulator.exchanges() == 0 {
            tokio::task::yield_now().await;
        }

        assert!(!request.is_finished(), "{fault:?}");
        emulator.stop().await;
        assert!(request.await.expect("no panic"), "{fault:?}");
    }
}

#[tokio::test]
async fn a_stopped_emulator_leaves_no_connection_open() {
    let emulator = crate::emulator().await;
    let url = emulator.profile_url();
    let mut browser = Browser::new();
    browser.get(&url).await;

    emulator.stop().await;
    assert!(browser.try_send("GET", &url, &[], "").await.is_err());
}

#[tokio::test]
async fn a_reset_connection_brings_not_one_byte() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let emulator = crate::emulator().await;
    emulator.misbehave(Endpoint::Token, Fault::Reset);
    let address = emulator.url().replace("http://localhost", "127.0.0.1");
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("it listens");
    stream.write_all(b"POST /v1/oauth/token HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("it reads");

    let mut received = Vec::new();
    let error = stream.read_to_end(&mut received).await.expect_err("the connection is reset, not ended");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(received, b"");
    assert_eq!(emulator.exchanges(), 1);
}

#[tokio::test]
async fn a_raw_answer_comes_to_the_letter() {
    let emulator = crate::emulator().await;
    let headers = [("x-twice", "1"), ("x-twice", "2")];
    let fault = Fault::Raw {
        status: 302,
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        body: b"\xff<html>".to_vec(),
    };
    emulator.misbehave(Endpoint::Token, fault);

    let answer = Browser::new().post(&emulator.token_url(), "").await;
    assert_eq!(answer.status, 302);
    assert_eq!(answer.body.as_ref(), b"\xff<html>");
    let mut names: Vec<_> = answer.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["content-length", "date", "x-twice"]);
    assert_eq!(answer.headers.get_all("x-twice").iter().count(), 2);
}

#[tokio::test]
async fn a_raw_answer_can_promise_more_than_it_holds() {
    let emulator = crate::emulator().await;
    let fault =
        Fault::Raw { status: 200, headers: vec![("content-length".to_owned(), "100".to_owned())], body: b"{".to_vec() };
    emulator.misbehave(Endpoint::Token, fault);

    let url = emulator.token_url();
    let answer = Browser::new().try_send("POST", &url, &[], "").await;
    assert!(answer.is_err());
}

#[tokio::test]
#[should_panic(expected = "a fault has a status and headers that HTTP can carry")]
async fn a_fault_that_http_cannot_carry_is_refused_at_once() {
    crate::emulator().await.misbehave(Endpoint::Token, Fault::Status(99));
}

#[tokio::test]
async fn a_busy_provider_answers_as_past_its_rate_limit() {
    let emulator = crate::emulator().await;
    for (seconds, expected) in [(None, None), (Some(7), Some("7"))] {
        let fault = Fault::Busy { retry_after: seconds };
        emulator.misbehave(Endpoint::Profile, fault);
        let answer = Browser::new().get(&emulator.profile_url()).await;
        assert_eq!(answer.status, 429);
        assert_eq!(answer.json()["status_code"], 429);
        assert_eq!(answer.header("access-control-allow-origin"), None);
        assert_eq!(answer.header("x-ratelimit-remaining"), Some("0"));
        assert!(answer.header("x-ratelimit-reset").is_some());
        assert_eq!(answer.header("retry-after"), expected);
    }
}

#[tokio::test]
async fn a_refusal_is_told_in_an_envelope_under_http_200() {
    let emulator = crate::emulator().await;
    for (refusal, status, data) in [
        (Refusal::MissingField, 400, Some("Missing required field")),
        (Refusal::ClientNotFound, 404, Some("client_id not found")),
        (Refusal::SecretMismatch, 403, Some("client_secret content mismatch from registered client")),
        (Refusal::RedirectMismatch, 403, Some("redirect_uri content mismatch from registered client")),
        (Refusal::CodeNotValid, 403, Some("code not valid")),
        (Refusal::SomethingBad, 500, None),
    ] {
        emulator.misbehave(Endpoint::Token, Fault::Refuse(refusal));
        let answer = Browser::new().post(&emulator.token_url(), "").await;
        assert_eq!(answer.status, 200, "{refusal:?}");
        let envelope = answer.json();
        assert_eq!(envelope["status_code"], status, "{refusal:?}");
        let told = envelope.get("data").map(|data| data.as_str());
        assert_eq!(told, data.map(Some), "{refusal:?}");
    }
}

#[tokio::test]
async fn a_page_can_read_a_broken_profile_and_its_preflight_is_spared() {
    let emulator = crate::emulator().await;
    emulator.misbehave(Endpoint::Profile, Fault::Status(500));
    let mut browser = Browser::new();
    let url = emulator.profile_url();
    let preflight = browser.send("OPTIONS", &url, &[], "").await;
    let answer = browser.get(&url).await;

    assert_eq!(preflight.status, 204);
    assert_eq!(answer.status, 500);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}

#[tokio::test]
async fn every_request_is_remembered_in_order_until_the_reset() {
    let emulator = crate::emulator().await;
    let mut browser = Browser::new();
    let referer = [("referer", "http://localhost:3000/")];
    let url = format!("{}?code=a%20b&code=c", emulator.token_url());
    browser.send("POST", &url, &referer, "12345").await;
    browser.get(&emulator.profile_url()).await;

    let seen = emulator.seen();
    let [exchange, profile] = seen.as_slice() else {
        panic!("two requests were sent, not {}", seen.len());
    };
    assert_eq!(exchange.method, "POST");
    assert_eq!(exchange.path, "/v1/oauth/token");
    let code = |value: &str| ("code".to_owned(), value.to_owned());
    assert_eq!(exchange.query, [code("a b"), code("c")]);
    assert_eq!(exchange.header("referer"), Some("http://localhost:3000/"));
    assert_eq!(exchange.body_len, 5);
    assert_eq!(profile.method, "GET");
    assert_eq!(profile.path, "/v1/auth/me");
    assert_eq!(emulator.exchanges(), 1);

    emulator.reset();
    assert_eq!(emulator.seen(), []);
    assert_eq!(emulator.exchanges(), 0);
}
