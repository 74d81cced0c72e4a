//! Faults on request, and the record of received requests.

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
async fn fault_affects_only_its_endpoint_until_the_reset() {
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
async fn status_fault_has_an_envelope_and_can_be_replaced() {
    let emulator = crate::emulator().await;
    emulator.misbehave(Endpoint::Token, Fault::Status(503));
    emulator.misbehave(Endpoint::Token, Fault::Status(502));

    let answer = Browser::new().post(&emulator.token_url(), "").await;
    assert_eq!(answer.status, 502);
    assert_eq!(answer.json(), json!({"status_code": 502, "message": "Bad Gateway", "version": "1"}));
}

#[tokio::test]
async fn delayed_response_is_otherwise_correct() {
    let emulator = crate::emulator().await;
    let delay = Duration::from_millis(50);
    emulator.misbehave(Endpoint::Token, Fault::Delay(delay));

    let began = Instant::now();
    let answer = Browser::new().post(&emulator.token_url(), "").await;
    assert!(began.elapsed() >= delay);
    assert_eq!(answer.json()["data"], "Missing required field");
}

#[tokio::test]
async fn stopping_the_emulator_ends_unanswered_requests() {
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
async fn reset_connection_delivers_no_bytes() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let emulator = crate::emulator().await;
    emulator.misbehave(Endpoint::Token, Fault::Reset);
    let address = emulator.url().replace("http://localhost", "127.0.0.1");
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("the emulator listens");
    stream.write_all(b"POST /v1/oauth/token HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("the request is sent");

    let mut received = Vec::new();
    let error = stream.read_to_end(&mut received).await.expect_err("the connection is reset, not closed");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(received, b"");
    assert_eq!(emulator.exchanges(), 1);
}

#[tokio::test]
async fn raw_response_is_sent_verbatim() {
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
async fn raw_response_can_be_shorter_than_its_content_length() {
    let emulator = crate::emulator().await;
    let fault =
        Fault::Raw { status: 200, headers: vec![("content-length".to_owned(), "100".to_owned())], body: b"{".to_vec() };
    emulator.misbehave(Endpoint::Token, fault);

    let url = emulator.token_url();
    let answer = Browser::new().try_send("POST", &url, &[], "").await;
    assert!(answer.is_err());
}

#[tokio::test]
#[should_panic(expected = "the fault is valid in HTTP")]
async fn fault_that_http_cannot_carry_panics() {
    crate::emulator().await.misbehave(Endpoint::Token, Fault::Status(99));
}

#[tokio::test]
async fn busy_provider_responds_as_over_its_rate_limit() {
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
async fn refusal_has_http_200_and_an_envelope() {
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
        let found = envelope.get("data").map(|data| data.as_str());
        assert_eq!(found, data.map(Some), "{refusal:?}");
    }
}

#[tokio::test]
async fn page_can_read_a_failed_profile_and_its_preflight_succeeds() {
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
async fn requests_are_recorded_in_order_until_the_reset() {
    let emulator = crate::emulator().await;
    let mut browser = Browser::new();
    let referer = [("referer", "http://localhost:3000/")];
    let url = format!("{}?code=a%20b&code=c", emulator.token_url());
    browser.send("POST", &url, &referer, "12345").await;
    browser.get(&emulator.profile_url()).await;
    browser.get(&format!("{}/avatars/demo.svg", emulator.url())).await;

    assert_eq!(emulator.seen().len(), 3);
    let calls = emulator.calls();
    let [exchange, profile] = calls.as_slice() else {
        panic!("{} requests were not for pictures", calls.len());
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
