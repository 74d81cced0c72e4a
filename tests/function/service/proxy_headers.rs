//! The parts of a call that are sent to the API, and the parts of its response that are returned.

use http::{HeaderValue, Method};
use serde_json::json;

use crate::session_bench::Visit;

#[tokio::test]
async fn only_listed_headers_are_sent_to_the_api() {
    let mut visit = Visit::proxy().await;
    let id = visit.signed_in().await;
    visit.provider.answers("*", 200, "{}");
    let mut request = visit.request(Method::PATCH, "/api/provider/me?x=1", Some(&id), Some(&json!({ "a": 1 })));
    for (name, value) in [
        ("accept", "application/json"),
        ("if-none-match", "\"tag\""),
        ("authorization", "Bearer evil"),
        ("user-agent", "evil"),
        ("referer", "https://app.example/secret"),
        ("accept-encoding", "gzip, br"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-http-method-override", "DELETE"),
        ("transfer-encoding", "chunked"),
        ("content-length", "3"),
        ("host", "evil.example"),
        ("connection", "upgrade"),
        ("range", "bytes=0-1"),
    ] {
        request.headers_mut().insert(name, HeaderValue::from_str(value).expect("a valid value"));
    }
    assert_eq!(visit.send(request).await.status, 200);
    let asked = visit.provider.asked();
    let host = visit.provider.url.strip_prefix("http://").expect("the address is http");
    let version = env!("CARGO_PKG_VERSION");
    let mut expected = vec![
        "PATCH /api/me?x=1 HTTP/1.1".to_owned(),
        "accept-encoding: identity".into(),
        "accept: application/json".into(),
        "authorization: Bearer hush-access-0".into(),
        "content-length: 7".into(),
        "content-type: application/json".into(),
        format!("host: {host}"),
        "if-none-match: \"tag\"".into(),
        format!("user-agent: aniapi-login/{version}"),
    ];
    let (head, body) = asked[0].split_once("\r\n\r\n").expect("the request has a body");
    let mut lines: Vec<_> = head.lines().map(str::to_owned).collect();
    lines[1..].sort();
    expected[1..].sort();
    assert_eq!((lines, body), (expected, "{\"a\":1}"));
}

#[tokio::test]
async fn each_method_is_passed_on() {
    let mut visit = Visit::proxy().await;
    let id = visit.signed_in().await;
    visit.provider.answers("*", 200, "");
    for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        assert_eq!(visit.call(method.clone(), "me", &id).await.status, 200);
        let asked = visit.provider.asked();
        assert!(asked[0].starts_with(&format!("{method} /api/me HTTP/1.1\r\n")), "{asked:?}");
        let has_length = asked[0].contains("\r\ncontent-length: 0\r\n");
        assert_eq!(has_length, matches!(method, Method::POST | Method::PUT | Method::PATCH), "{asked:?}");
    }
}

#[tokio::test]
async fn headers_of_the_preset_are_sent() {
    let trakt = [
        ("OAUTH_PROVIDER", "trakt"),
        ("OAUTH_AUTHORIZE_URL", ""),
        ("OAUTH_REVOKE_URL", ""),
        ("OAUTH_SESSION", "proxy"),
    ];
    let mut visit = Visit::with(&trakt).await;
    visit.provider.answers("/me", 200, r#"{"user":{"username":"demo"}}"#);
    let body = json!({
        "provider": "trakt", "code": "c", "redirect_uri": "https://app.example/auth",
        "code_verifier": crate::server::VERIFIER,
    });
    let login = visit.request(Method::POST, "/api/token", None, Some(&body));
    let session = visit.send(login).await.json();
    assert_eq!(session["profile"]["name"], "demo");
    visit.provider.asked();
    visit.provider.answers("*", 200, "{}");
    visit.call(Method::GET, "users/me", session["id"].as_str().expect("a session has an id")).await;
    let asked = visit.provider.asked();
    assert!(asked[0].contains("\r\ntrakt-api-version: 2\r\n"), "{asked:?}");
    assert!(asked[0].contains("\r\ntrakt-api-key: an-id\r\n"), "{asked:?}");
}

#[tokio::test]
async fn only_listed_headers_are_returned() {
    let mut visit = Visit::proxy().await;
    let id = visit.signed_in().await;
    let theirs = "content-type: application/json\r\netag: \"tag\"\r\nlink: <a>; rel=next\r\nlink: <b>; rel=last\r\n\
        retry-after: 7\r\nx-ratelimit-remaining: 5\r\nratelimit-limit: 9\r\nset-cookie: __Host-Http-session=evil\r\n\
        set-cookie: a=b\r\nlocation: https://evil.example\r\naccess-control-allow-origin: *\r\nx-provider: evil\r\n\
        cache-control: public\r\ncontent-security-policy: default-src *\r\ncontent-disposition: inline\r\nserver: theirs\r\n\
        clear-site-data: \"*\"\r\nservice-worker-allowed: /\r\nrefresh: 0\r\n";
    visit.provider.answers_with("/api/me", 201, theirs, b"{\"a\":1}");
    let answer = visit.call(Method::GET, "me", &id).await;
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().expect("valid UTF-8")))
        .collect();
    headers.sort();
    assert_eq!(
        headers,
        [
            "cache-control: no-store",
            "content-disposition: attachment",
            "content-security-policy: default-src 'none'; sandbox; frame-ancestors 'none'",
            "content-type: application/json",
            "etag: \"tag\"",
            "link: <a>; rel=next, <b>; rel=last",
            "ratelimit-limit: 9",
            "retry-after: 7",
            "x-provider: oauth2",
            "x-ratelimit-remaining: 5",
        ]
    );
    assert_eq!((answer.status.as_u16(), &*answer.body), (201, &b"{\"a\":1}"[..]));
}

#[tokio::test]
async fn document_or_script_is_returned_as_bytes() {
    let mut visit = Visit::proxy().await;
    let id = visit.signed_in().await;
    for (media_type, expected) in [
        ("application/json; charset=utf-8", "application/json; charset=utf-8"),
        ("application/hal+json", "application/hal+json"),
        ("text/plain", "text/plain"),
        ("image/png", "image/png"),
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("text/javascript", "application/octet-stream"),
        ("application/json, text/html", "application/octet-stream"),
        ("", "application/octet-stream"),
    ] {
        let header = if media_type.is_empty() { String::new() } else { format!("content-type: {media_type}\r\n") };
        visit.provider.answers_with("/api/me", 200, &header, b"x");
        assert_eq!(visit.call(Method::GET, "me", &id).await.header("content-type"), Some(expected), "{media_type}");
    }
}
