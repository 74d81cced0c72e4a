//! The log: one line for each request, with what the operator needs and no text from the caller or the provider.

use emulator::aniapi::{CLIENT_SECRET, Endpoint, Fault};
use http::Method;
use serde_json::{Value, json};

use crate::bench::{Bench, post, post_bytes, request};

#[tokio::test]
async fn each_request_writes_one_line_with_these_fields() {
    let bench = Bench::start().await;
    let mut bad_code = bench.body();
    bad_code["code"] = json!("made-up");
    for (request, route, outcome, status, upstream) in [
        (request(Method::GET, "/api/config"), "/api/config", "ok", 200, false),
        (request(Method::HEAD, "/api/health"), "/api/health", "ok", 204, false),
        (bench.token_request(), "/api/token", "ok", 200, true),
        (post(&bad_code), "/api/token", "invalid_code", 400, true),
        (post_bytes(b"{"), "/api/token", "invalid_request", 400, false),
        (request(Method::GET, "/wp-login.php?x=1"), "unknown", "not_found", 404, false),
    ] {
        let lines = bench.function.log().len();
        bench.call(request).await;
        assert_eq!(bench.function.log().len(), lines + 1);
        let line = bench.function.last_line();
        assert_eq!(
            (&line["route"], &line["outcome"], &line["status"]),
            (&json!(route), &json!(outcome), &json!(status))
        );
        assert_eq!(line["upstream_ms"].is_u64(), upstream, "{line}");
        let (provider, answered) = if upstream { (json!("aniapi"), json!(200)) } else { (Value::Null, Value::Null) };
        assert_eq!((&line["provider"], &line["upstream_status"]), (&provider, &answered), "{line}");
        // Only the first request is a cold start.
        assert_eq!(line["cold"], json!(lines == 0), "{line}");
        assert_eq!(line["version"], env!("CARGO_PKG_VERSION"), "{line}");
        assert!(line["total_ms"].is_u64() && line["request_id"].is_string(), "{line}");
        assert!(is_rfc3339(&line["time"]), "{line}");
        let mut fields: Vec<_> = line.as_object().expect("the value is an object").keys().map(String::as_str).collect();
        fields.sort_unstable();
        let always = ["cold", "outcome", "request_id", "route", "status", "time", "total_ms", "upstream_ms", "version"];
        let asked = ["provider", "upstream_status"];
        let mut expected: Vec<_> = always.into_iter().chain(asked.into_iter().filter(|_| upstream)).collect();
        expected.sort_unstable();
        assert_eq!(fields, expected);
    }
}

#[tokio::test]
async fn secrets_and_caller_input_are_neither_logged_nor_returned() {
    let bench = Bench::start().await;
    let token = r#"{"status_code":200,"data":"hush-token"}"#;
    let raw = |status, body: &str| Fault::Raw { status, headers: vec![], body: body.as_bytes().to_vec() };
    let mut shown = String::new();
    for fault in [
        Fault::Reset,
        Fault::Busy { retry_after: None },
        Fault::Status(500),
        raw(200, "hush-garbage"),
        raw(302, "hush-garbage"),
        raw(200, r#"{"status_code":403,"data":"hush-garbage"}"#),
        raw(200, token),
    ] {
        bench.emulator.misbehave(Endpoint::Token, fault);
        let mut body = bench.body();
        body["code"] = json!("hush-code");
        let answer = bench.call(post(&body)).await;
        if answer.status != 200 {
            shown += &String::from_utf8_lossy(&answer.body);
        }
    }
    for (path, body) in [("/hush-path?hush-query", "{}"), ("/api/token?hush-query", r#"{"hush-field":1}"#)] {
        let mut request = post_bytes(body.as_bytes());
        *request.uri_mut() = format!("https://app.example{path}").parse().expect("a valid address");
        request.headers_mut().insert("user-agent", "hush-agent".parse().expect("a valid value"));
        shown += &String::from_utf8_lossy(&bench.call(request).await.body);
    }
    shown += &bench.function.log().concat();
    assert!(!shown.contains("hush") && !shown.contains(CLIENT_SECRET), "{shown}");
}

fn is_rfc3339(time: &Value) -> bool {
    let shape: String =
        time.as_str().unwrap_or_default().chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00T00:00:00.000Z"
}
