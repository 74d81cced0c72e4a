//! Paths, methods and headers that no page of this app would send: they do not change the response, and send nothing
//! upstream.

use http::{HeaderName, HeaderValue, Method};
use lambda_http::{Request, RequestExt as _};

use crate::bench::{Bench, ORIGIN, request};

/// A valid token request, except for its path.
fn at(bench: &Bench, path: &str) -> Request {
    bench.token_request().with_raw_http_path(path)
}

#[tokio::test]
async fn path_that_only_resembles_a_route_is_not_found() {
    let bench = Bench::start().await;
    for path in [
        "//api/token",
        "/api//token",
        "/api/token/",
        "/api/token//",
        "/api/token.",
        "/api/token..",
        "/api/token/.",
        "/api/token/..",
        "/api/./token",
        "/api/x/../token",
        "/../api/token",
        "/api/token;x=y",
        "/api;x/token",
        "/api/token%00",
        "/api/token%20",
        "/api/token%2f",
        "/api/token%3f",
        "/api%2ftoken",
        "/%61pi/token",
        "/api/%74oken",
        "/api/%2574oken",
        "/api/%2e/token",
        "/api/%2e%2e/api/token",
        "/API/TOKEN",
        "/Api/Token",
        "/api/Token",
        "/api/tok\u{435}n",
        "/api/token\u{200b}",
        "\\api\\token",
        "/api\\token",
        "/api/token.json",
        "/api/tokens",
        "/api/toke",
        "/v1/oauth/token",
        "api/token",
        "*",
    ] {
        bench.call(at(&bench, path)).await.assert_refusal(404, "not_found", "no", path);
    }
    assert!(bench.emulator.seen().is_empty());
}

#[tokio::test]
async fn query_is_ignored() {
    let bench = Bench::start().await;
    for query in ["?", "?code=theirs&redirect_uri=https://evil.example/auth", "?/../..", "?%00", "?_method=GET"] {
        let mut request = bench.token_request();
        *request.uri_mut() = format!("https://app.example/api/token{query}").parse().expect("a valid address");
        assert_eq!(bench.call(request).await.status, 200, "{query}");
        let seen = bench.emulator.seen();
        let asked = &seen.last().expect("a request was sent").query;
        assert!(!asked.iter().any(|(_, value)| value == "theirs" || value.contains("evil")), "{asked:?}");
    }
}

#[tokio::test]
async fn methods_are_matched_exactly() {
    let bench = Bench::start().await;
    for method in [
        "post", "Post", "POSTS", "POS", "GETPOST", "CONNECT", "TRACE", "PATCH", "PUT", "DELETE", "LINK", "PROPFIND",
        "LOCK", "PRI", "SEARCH", "QUERY", "XYZZY", "get", "head", "$", "!", "_",
    ] {
        let method: Method = method.parse().expect("a valid method");
        for (path, allow) in [("/api/token", "POST"), ("/api/config", "GET, HEAD"), ("/api/health", "GET, HEAD")] {
            let mut request = at(&bench, path);
            *request.method_mut() = method.clone();
            let answer = bench.call(request).await;
            answer.assert_refusal(405, "method_not_allowed", "no", &format!("{method} {path}"));
            assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
        }
        let mut request = at(&bench, "/api/none");
        *request.method_mut() = method.clone();
        bench.call(request).await.assert_refusal(404, "not_found", "no", method.as_str());
    }
    assert!(bench.emulator.seen().is_empty());
}

/// Only `Origin` says where a request comes from, and only its own method and path say what it is for.
#[tokio::test]
async fn override_headers_are_ignored() {
    let bench = Bench::start().await;
    let headers = [
        ("x-http-method-override", "POST"),
        ("x-http-method", "POST"),
        ("x-method-override", "POST"),
        ("forwarded", "for=127.0.0.1;host=app.example;proto=https"),
        ("x-forwarded-host", "app.example"),
        ("x-forwarded-proto", "https"),
        ("x-original-url", "/api/token"),
        ("x-rewrite-url", "/api/token"),
        ("x-origin", ORIGIN),
        ("host", "app.example"),
        ("referer", "https://app.example/"),
        ("sec-fetch-site", "same-origin"),
        ("cookie", "origin=https://app.example"),
        ("authorization", "Bearer x"),
    ];
    let with = |mut request: Request| {
        for (name, value) in headers {
            request.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        request
    };
    let evil = |mut request: Request| {
        request.headers_mut().insert("origin", HeaderValue::from_static("https://evil.example"));
        request
    };
    let get = |path| with(request(Method::GET, path));
    bench.call(with(evil(bench.token_request()))).await.assert_refusal(403, "origin_not_allowed", "no", "evil");
    bench.call(get("/api/token")).await.assert_refusal(405, "method_not_allowed", "no", "GET");
    bench.call(get("/none")).await.assert_refusal(404, "not_found", "no", "/none");
    assert!(bench.emulator.seen().is_empty());

    // They do not break a valid request either, and are not sent upstream.
    let mut request = with(bench.token_request());
    request.headers_mut().insert("host", HeaderValue::from_static("evil.example"));
    request.headers_mut().insert("x-forwarded-host", HeaderValue::from_static("evil.example"));
    assert_eq!(bench.call(request).await.status, 200);
    let seen = bench.emulator.seen();
    for (name, _) in headers.iter().filter(|(name, _)| *name != "host") {
        assert_eq!(seen[0].header(name), None, "{name}");
    }
    assert!(!format!("{seen:?}").contains("evil"), "{seen:?}");
}

#[tokio::test]
async fn many_and_large_headers_have_no_effect() {
    let bench = Bench::start().await;
    let mut request = bench.token_request();
    for number in 0..500 {
        let name: HeaderName = format!("x-{number}").parse().expect("a valid name");
        request.headers_mut().insert(name, HeaderValue::from_str(&"v".repeat(1000)).expect("a valid value"));
    }
    request.headers_mut().insert("x-bytes", HeaderValue::from_bytes(&[0xff; 100_000]).expect("a valid value"));
    assert_eq!(bench.call(request).await.status, 200);
    for name in ["origin", "content-type"] {
        let mut request = bench.token_request();
        request.headers_mut().insert(name, HeaderValue::from_bytes(&[b'h'; 1 << 20]).expect("a valid value"));
        assert!(matches!(bench.call(request).await.status.as_u16(), 403 | 415), "{name}");
    }
    assert_eq!(bench.emulator.seen().len(), 1);
}

#[tokio::test]
async fn media_type_is_case_insensitive() {
    let bench = Bench::start().await;
    for (media_type, status) in [
        ("APPLICATION/JSON", 200),
        ("application/json;CHARSET=\"utf-8\"", 200),
        ("application/json ; charset=utf-8", 200),
        ("application/json;", 200),
        ("application/json; charset=utf-16", 200),
        ("application/json; charset", 415),
        ("application/json; x=charset", 415),
        ("application/json charset=utf-8", 415),
        ("application /json", 415),
        ("application/json\t/x", 415),
        ("application/*", 415),
        ("*/*", 415),
        ("json", 415),
        ("text/json", 415),
        ("application/json; charset=utf-8, text/plain", 415),
        ("application/json; charset=utf-8,application/json", 415),
        ("application/json; charset=utf-8 text/plain", 415),
    ] {
        let mut request = bench.token_request();
        request.headers_mut().insert("content-type", HeaderValue::from_static(media_type));
        assert_eq!(bench.call(request).await.status, status, "{media_type}");
    }
}
