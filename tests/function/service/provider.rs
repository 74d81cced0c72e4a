//! Everything that AniAPI may send instead of a token. In every case, exactly one request is sent.

use std::time::Duration;

use emulator::aniapi::{CLIENT_SECRET, Endpoint, Fault, Refusal};
use serde_json::json;

use crate::bench::{Bench, env, post};

fn raw(status: u16, body: &str) -> Fault {
    raw_with(status, &[("content-type", "application/json")], body.as_bytes())
}

fn raw_with(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Fault {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Fault::Raw { status, headers, body: body.to_vec() }
}

async fn assert_refused(bench: &Bench, fault: Fault, status: u16, error: &str, retry: &str) {
    let case = format!("{fault:?}");
    bench.emulator.reset();
    bench.emulator.misbehave(Endpoint::Token, fault);
    let answer = bench.call(bench.token_request()).await;
    answer.assert_refusal(status, error, retry, &case);
    assert_eq!(bench.emulator.seen().len(), 1, "one request: {case}");
    assert!(
        !String::from_utf8_lossy(&answer.body).contains("theirs"),
        "text of the provider is never repeated: {case}"
    );
}

#[tokio::test]
async fn invalid_code_requires_a_new_login() {
    let bench = Bench::start().await;
    let mut body = bench.body();
    body["code"] = json!("made-up");
    bench.call(post(&body)).await.assert_refusal(400, "invalid_code", "login", "a made-up code");

    let request = bench.token_request();
    bench.emulator.advance(Duration::from_secs(181));
    bench.call(request).await.assert_refusal(400, "invalid_code", "login", "an expired code");
}

#[tokio::test]
async fn log_names_the_variables_to_check_if_the_client_is_refused() {
    let bench = Bench::start().await;
    for (refusal, variable) in [
        (Refusal::ClientNotFound, "OAUTH_CLIENT_ID"),
        (Refusal::SecretMismatch, "OAUTH_CLIENT_SECRET"),
        (Refusal::RedirectMismatch, "OAUTH_REDIRECT_URIS"),
    ] {
        assert_refused(&bench, Fault::Refuse(refusal), 502, "provider_refused_client", "later").await;
        let line = bench.function.last_line();
        assert!(line["detail"].as_str().is_some_and(|detail| detail.contains(variable)), "{line}");
    }
}

#[tokio::test]
async fn wrong_registration_is_detected_by_the_emulators_own_checks() {
    for (variable, value) in [
        ("OAUTH_CLIENT_ID", "00000000-0000-4000-8000-000000000000"),
        ("OAUTH_CLIENT_SECRET", "00000000-0000-4000-8000-000000000000"),
    ] {
        let bench = Bench::with(&[(variable, value)]).await;
        let answer = bench.call(bench.token_request()).await;
        answer.assert_refusal(502, "provider_refused_client", "later", variable);
    }
    let bench = Bench::start().await;
    let mut request = post(&json!({
        "provider": "aniapi",
        "code": bench.body()["code"],
        "redirect_uri": "http://localhost:3000/auth/",
    }));
    request.headers_mut().insert("origin", "http://localhost:3000".parse().expect("a valid value"));
    bench.call(request).await.assert_refusal(
        502,
        "provider_refused_client",
        "later",
        "not the registered redirect URI",
    );
}

#[tokio::test]
async fn unusable_response_is_a_bad_response() {
    let bench = Bench::start().await;
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let good = r#"{"status_code":200,"data":"theirs"}"#;
    for fault in [
        Fault::Refuse(Refusal::MissingField),
        Fault::Refuse(Refusal::SomethingBad),
        Fault::Status(500),
        Fault::Status(400),
        Fault::Status(401),
        Fault::Status(403),
        Fault::Status(404),
        raw(500, ""),
        raw(201, good),
        raw(204, ""),
        raw(200, ""),
        raw(200, "<html>theirs</html>"),
        raw(200, r#"{"status_code":200}"#),
        raw(200, r#"{"status_code":200,"data":""}"#),
        raw(200, r#"{"status_code":200,"data":"the irs"}"#),
        raw(200, r#"{"status_code":200,"data":"their\u00f6s"}"#),
        raw(200, r#"{"status_code":"200","data":"theirs"}"#),
        raw(200, r#"{"status_code":200,"status":403,"data":"theirs"}"#),
        raw(200, r#"{"status_code":200,"data":"theirs","data":"theirs"}"#),
        raw(200, r#"{"status_code":200,"data":["theirs"]}"#),
        raw(200, r#"{"status_code":403,"data":"theirs"}"#),
        raw(200, r#"{"status_code":418,"data":"theirs"}"#),
        // {"exp":1000000000} and {"exp":99999999999}: expired, and too far in the future.
        raw(200, r#"{"status_code":200,"data":"h.eyJleHAiOjEwMDAwMDAwMDB9.s"}"#),
        raw(200, r#"{"status_code":200,"data":"h.eyJleHAiOjk5OTk5OTk5OTk5fQ.s"}"#),
        raw_with(200, &[("content-encoding", "gzip")], &gzip),
        raw_with(200, &[("content-encoding", "br")], good.as_bytes()),
        raw_with(301, &[("location", "/v1/oauth/token")], b""),
        raw_with(302, &[("location", "https://evil.example/")], b""),
        raw_with(303, &[("location", "/v1/oauth/token")], b""),
        raw_with(307, &[("location", "/v1/oauth/token")], b""),
        raw_with(308, &[("location", "/v1/oauth/token")], b""),
        raw_with(304, &[], b""),
    ] {
        assert_refused(&bench, fault, 502, "provider_bad_response", "later").await;
    }
}

#[tokio::test]
async fn response_is_limited_to_64_kib() {
    let bench = Bench::start().await;
    let padded = |len: usize| {
        let mut body = br#"{"status_code":200,"data":"t"}"#.to_vec();
        body.resize(len, b' ');
        raw_with(200, &[], &body)
    };
    assert_refused(&bench, padded(64 * 1024 + 1), 502, "provider_bad_response", "later").await;
    assert_refused(&bench, padded(4 << 20), 502, "provider_bad_response", "later").await;
    bench.emulator.misbehave(Endpoint::Token, padded(64 * 1024));
    assert_eq!(bench.call(bench.token_request()).await.status, 200);
}

#[tokio::test]
async fn busy_response_says_how_long_to_wait() {
    let bench = Bench::start().await;
    for (headers, wait) in [
        (vec![("retry-after", "7"), ("x-ratelimit-reset", "30")], Some("7")),
        (vec![("x-ratelimit-reset", "30")], Some("30")),
        (vec![("retry-after", "0")], Some("1")),
        (vec![("retry-after", "86400")], Some("120")),
        (vec![("retry-after", "x"), ("x-ratelimit-reset", "30")], Some("30")),
        (vec![], None),
    ] {
        for status in [429, 503] {
            assert_refused(&bench, raw_with(status, &headers, b"theirs"), 503, "provider_busy", "later").await;
            bench.emulator.misbehave(Endpoint::Token, raw_with(status, &headers, b""));
            let answer = bench.call(bench.token_request()).await;
            assert_eq!(answer.header("retry-after"), wait, "{status} {headers:?}");
        }
    }
}

#[tokio::test]
async fn ninety_first_exchange_within_a_minute_has_to_wait() {
    let bench = Bench::start().await;
    for _ in 0..90 {
        assert_eq!(bench.call(bench.token_request()).await.status, 200);
    }
    let answer = bench.call(bench.token_request()).await;
    answer.assert_refusal(503, "provider_busy", "later", "the 91st");
    let wait: u32 = answer.header("retry-after").and_then(|wait| wait.parse().ok()).expect("there is a Retry-After");
    assert!((1..=60).contains(&wait), "{wait}");
}

#[tokio::test]
async fn broken_connection_is_an_unreachable_provider() {
    let bench = Bench::start().await;
    assert_refused(&bench, Fault::Reset, 502, "provider_unreachable", "later").await;
    let cut = raw_with(200, &[("content-length", "100")], br#"{"status_code":200,"#);
    assert_refused(&bench, cut, 502, "provider_unreachable", "later").await;
}

#[tokio::test]
async fn closed_port_is_an_unreachable_provider() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("the socket is bound"));
    drop(listener);
    let function = crate::bench::Function::new(&env(&url));
    let body = json!({ "provider": "aniapi", "code": "c0de", "redirect_uri": crate::bench::REDIRECT_URI });
    let answer = function.call(post(&body)).await;
    answer.assert_refusal(502, "provider_unreachable", "later", "a closed port");
    assert!(!function.log().concat().contains(CLIENT_SECRET));
}
