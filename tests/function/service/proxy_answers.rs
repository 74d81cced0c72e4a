//! The API's responses: its own errors, bytes, redirects, too many bytes, and no response.

use http::Method;
use serde_json::json;

use crate::session_bench::Visit;

#[tokio::test]
async fn errors_of_the_api_are_passed_on_unchanged() {
    let mut visit = Visit::proxy().await;
    let id = visit.signed_in().await;
    for status in [400, 401, 403, 404, 409, 429, 500, 503] {
        visit.provider.answers("/api/me", status, r#"{"error":"theirs"}"#);
        let answer = visit.call(Method::GET, "me", &id).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (status, json!({ "error": "theirs" })));
        assert_eq!(answer.header("x-provider"), Some("oauth2"), "{status}");
        let line = visit.function.last_line();
        assert_eq!((&line["route"], &line["outcome"]), (&json!("/api/provider"), &json!("ok")), "{line}");
        assert_eq!((&line["provider"], &line["upstream_status"]), (&json!("oauth2"), &json!(status)), "{line}");
        assert!(line["upstream_ms"].is_u64(), "{line}");
    }
    assert!(!visit.session().await.is_null(), "the session continues");
    let log = visit.function.log().concat();
    assert!(!log.contains("/me") && !log.contains("theirs") && !log.contains("hush"), "{log}");
}

#[tokio::test]
async fn not_modified_and_empty_responses_have_no_body_and_no_type() {
    let mut visit = Visit::proxy().await;
    let id = visit.signed_in().await;
    for (status, head) in [(304, "HTTP/1.1 304 x\r\netag: \"tag\"\r\n\r\n"), (204, "HTTP/1.1 204 x\r\n\r\n")] {
        visit.provider.says("/api/me", head.as_bytes());
        let answer = visit.call(Method::GET, "me", &id).await;
        assert_eq!((answer.status.as_u16(), answer.body.len(), answer.header("content-type")), (status, 0, None));
    }
}

#[tokio::test]
async fn bytes_are_returned_unchanged() {
    let mut visit = Visit::proxy().await;
    let id = visit.signed_in().await;
    let picture: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    visit.provider.answers_with("/api/me", 200, "content-type: image/png\r\n", &picture);
    assert_eq!(visit.call(Method::GET, "me", &id).await.body, picture);
    let head = visit.request(Method::HEAD, "/api/provider/me", Some(&id), None);
    visit.provider.says("/api/me", b"HTTP/1.1 200 x\r\ncontent-type: image/png\r\ncontent-length: 7\r\n\r\n");
    let answer = visit.send(head).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
}

#[tokio::test]
async fn redirect_is_not_followed() {
    let mut visit = Visit::proxy().await;
    let id = visit.signed_in().await;
    for status in [300, 301, 302, 303, 307, 308] {
        visit.provider.answers_with("/api/me", status, "location: /api/other\r\n", b"");
        let answer = visit.call(Method::GET, "me", &id).await;
        answer.assert_refusal(502, "provider_bad_response", "later", &status.to_string());
        assert_eq!(visit.provider.asked_for(), ["GET /api/me"], "{status}");
    }
}

#[tokio::test]
async fn response_is_limited_to_4_mib() {
    const LIMIT: usize = 4 * 1024 * 1024;
    let mut visit = Visit::with(&[("OAUTH_SESSION", "proxy"), ("OAUTH_TIMEOUT_MS", "60000")]).await;
    let id = visit.signed_in().await;
    visit.provider.answers("/api/me", 200, &"x".repeat(LIMIT));
    assert_eq!(visit.call(Method::GET, "me", &id).await.body.len(), LIMIT);
    visit.provider.answers("/api/me", 200, &"x".repeat(LIMIT + 1));
    let answer = visit.call(Method::GET, "me", &id).await;
    answer.assert_refusal(502, "provider_bad_response", "later", "one byte too many");
    assert_eq!(visit.function.last_line()["detail"], "the response is over 4 MiB");
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    let endless = format!("HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n{}", chunk.repeat(1100));
    visit.provider.says("/api/me", endless.as_bytes());
    visit.call(Method::GET, "me", &id).await.assert_refusal(502, "provider_bad_response", "later", "endless");
}

#[tokio::test]
async fn failed_response_has_the_usual_code() {
    let mut visit = Visit::with(&[("OAUTH_SESSION", "proxy"), ("OAUTH_TIMEOUT_MS", "300")]).await;
    let id = visit.signed_in().await;
    for (bytes, status, error) in [
        (&b"HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\n"[..], 504, "provider_timeout"),
        (b"hush\r\n\r\n", 502, "provider_bad_response"),
        (b"HTTP/1.1 200 x\r\ncontent-encoding: gzip\r\ncontent-length: 1\r\n\r\nx", 502, "provider_bad_response"),
        (
            b"HTTP/1.1 200 x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            502,
            "provider_bad_response",
        ),
    ] {
        visit.provider.says("/api/me", bytes);
        let answer = visit.call(Method::GET, "me", &id).await;
        answer.assert_refusal(status, error, "later", &String::from_utf8_lossy(bytes));
    }
    visit.provider.is_gone("/api/me");
    visit.call(Method::GET, "me", &id).await.assert_refusal(502, "provider_unreachable", "later", "closed connection");
}
