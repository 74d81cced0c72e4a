//! Faults of the caller, in the order in which they are checked. None of them sends anything upstream.

use http::Method;
use serde_json::{Value, json};

use crate::bench::{Bench, REDIRECT_URI, post, post_bytes, request};

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let bench = Bench::start().await;
    for path in [
        "/",
        "/api",
        "/api/",
        "/api/token/",
        "/api/config/",
        "/api/health/",
        "/API/token",
        "/api//token",
        "/api/token/x",
        "/auth",
    ] {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            let case = format!("{method} {path}");
            bench.call(request(method, path)).await.assert_refusal(404, "not_found", "no", &case);
        }
    }
}

#[tokio::test]
async fn wrong_method_is_rejected_with_the_allowed_ones() {
    let bench = Bench::start().await;
    for (path, allow, wrong) in [
        ("/api/token", "POST", vec!["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"]),
        ("/api/config", "GET, HEAD", vec!["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        ("/api/health", "GET, HEAD", vec!["POST", "OPTIONS"]),
    ] {
        for method in wrong {
            let answer = bench.call(request(method.parse().expect("a valid method"), path)).await;
            if method == "HEAD" {
                assert_eq!((answer.status.as_u16(), answer.body.len()), (405, 0));
            } else {
                answer.assert_refusal(405, "method_not_allowed", "no", &format!("{method} {path}"));
            }
            assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_request_from_another_origin_is_refused() {
    let bench = Bench::start().await;
    for origin in [
        vec![],
        vec![""],
        vec!["null"],
        vec!["https://evil.example"],
        vec!["http://app.example"],
        vec!["https://app.example/"],
        vec!["https://app.example:443"],
        vec!["https://APP.example"],
        vec!["https://app.example.evil.example"],
        vec!["https://evilapp.example"],
        vec!["https://app.example, https://app.example"],
        vec!["https://app.example", "https://app.example"],
        vec!["https://app.example", "https://evil.example"],
        vec!["http://localhost"],
        vec!["http://localhost:30000"],
        vec!["https://app.example "],
        vec!["https://app.exampl\u{e9}"],
    ] {
        let mut request = bench.token_request();
        request.headers_mut().remove("origin");
        for value in &origin {
            request.headers_mut().append("origin", value.as_bytes().try_into().expect("a valid value"));
        }
        bench.call(request).await.assert_refusal(403, "origin_not_allowed", "no", &format!("{origin:?}"));
    }
    assert_eq!(bench.emulator.exchanges(), 0);
}

#[tokio::test]
async fn another_media_type_is_refused() {
    let bench = Bench::start().await;
    for media_type in [
        vec![],
        vec![""],
        vec!["text/plain"],
        vec!["application/x-www-form-urlencoded"],
        vec!["multipart/form-data; boundary=x"],
        vec!["application/jsonp"],
        vec!["application/json-seq"],
        vec!["application/problem+json"],
        vec!["text/plain; application/json"],
        vec!["application/json, text/plain"],
        vec!["application/json; boundary=x"],
        vec!["application/json", "application/json"],
        vec!["text/plain", "application/json"],
    ] {
        let mut request = bench.token_request();
        request.headers_mut().remove("content-type");
        for value in &media_type {
            request.headers_mut().append("content-type", value.parse().expect("a valid value"));
        }
        bench.call(request).await.assert_refusal(415, "unsupported_media_type", "no", &format!("{media_type:?}"));
    }
    assert_eq!(bench.emulator.exchanges(), 0);
}

#[tokio::test]
async fn body_is_limited_to_16_kib() {
    let bench = Bench::start().await;
    let padded = |len: usize| {
        let mut body = bench.body().to_string().into_bytes();
        body.resize(len, b' ');
        post_bytes(&body)
    };
    assert_eq!(bench.call(padded(16_384)).await.status, 200);
    bench.call(padded(16_385)).await.assert_refusal(413, "body_too_large", "no", "16385 bytes");
    bench.call(post_bytes(&vec![b'['; 1 << 20])).await.assert_refusal(413, "body_too_large", "no", "1 MiB");
    assert_eq!(bench.emulator.exchanges(), 1);
}

/// Some servers' codes are long because they contain state that the server does not store.
#[tokio::test]
async fn a_code_of_8000_bytes_reaches_the_provider() {
    let bench = Bench::start().await;
    let mut body = bench.body();
    body["code"] = json!("a".repeat(8000));
    bench.call(post(&body)).await.assert_refusal(400, "invalid_code", "login", "8000 bytes");
    assert_eq!(bench.emulator.exchanges(), 1);
}

#[tokio::test]
async fn body_that_is_not_a_token_request_is_rejected() {
    let bench = Bench::start().await;
    let good = bench.body();
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body.to_string()
    };
    let without = |name: &str| {
        let mut body = good.clone();
        body.as_object_mut().expect("the body is an object").remove(name);
        body.to_string()
    };
    let duplicated = |name: &str| good.to_string().replacen('{', &format!("{{\"{name}\":{},", good[name]), 1);
    let long = "a".repeat(2049);
    for body in [
        String::new(),
        "nonsense".into(),
        "{".into(),
        "[]".into(),
        json!([good["provider"], good["code"], good["redirect_uri"]]).to_string(),
        format!("{good}{good}"),
        without("provider"),
        without("code"),
        without("redirect_uri"),
        duplicated("provider"),
        duplicated("code"),
        duplicated("redirect_uri"),
        with("more", json!("x")),
        with("code_verifier", json!("x")),
        with("provider", json!("")),
        with("code", json!("")),
        with("redirect_uri", json!("")),
        with("provider", json!(long)),
        with("code", json!("a".repeat(8001))),
        with("redirect_uri", json!(long)),
        with("provider", json!("github")),
        with("provider", json!("AniAPI")),
        with("provider", json!(1)),
        with("code", json!(null)),
        with("code", json!({ "$ne": "" })),
        with("code", json!("a\r\nb")),
        with("code", json!("a\u{0}b")),
        with("code", json!("a\u{7f}b")),
        with("code", json!("käse")),
        with("code", json!("🍣")),
    ] {
        bench.call(post_bytes(body.as_bytes())).await.assert_refusal(400, "invalid_request", "no", &body);
    }
    assert_eq!(bench.emulator.exchanges(), 0);
}

#[tokio::test]
async fn a_field_may_have_2048_bytes() {
    let bench = Bench::start().await;
    let mut body = bench.body();
    body["code"] = json!("a".repeat(2048));
    bench.call(post(&body)).await.assert_refusal(400, "invalid_code", "login", "a long code goes upstream");
    assert_eq!(bench.emulator.exchanges(), 1);
}

#[tokio::test]
async fn redirect_uri_must_be_registered_and_on_the_callers_origin() {
    let bench = Bench::start().await;
    for (origin, redirect_uri) in [
        ("https://app.example", "https://app.example/auth/"),
        ("https://app.example", "https://app.example/auth?x"),
        ("https://app.example", "https://app.example/Auth"),
        ("https://app.example", "https://evil.example/auth"),
        ("https://app.example", "not an address"),
        ("https://app.example", "http://localhost:3000/auth/"),
        ("http://localhost:3000", REDIRECT_URI),
    ] {
        let mut body = bench.body();
        body["redirect_uri"] = json!(redirect_uri);
        let mut request = post(&body);
        request.headers_mut().insert("origin", origin.parse().expect("a valid value"));
        let case = format!("{redirect_uri} from {origin}");
        bench.call(request).await.assert_refusal(400, "redirect_uri_not_allowed", "no", &case);
    }
    assert_eq!(bench.emulator.exchanges(), 0);
}

/// Each request has the fault of its row and of every later row. The earliest one is reported.
#[tokio::test]
async fn the_checks_run_in_the_documented_order() {
    let bench = Bench::start().await;
    let build = |path: &str, method: Method, origin: &str, media_type: &str, body: &[u8]| {
        let mut request = post_bytes(body);
        *request.method_mut() = method;
        *request.uri_mut() = format!("https://app.example{path}").parse().expect("a valid address");
        request.headers_mut().insert("origin", origin.parse().expect("a valid value"));
        request.headers_mut().insert("content-type", media_type.parse().expect("a valid value"));
        request
    };
    let (evil, ours, json, large) = ("https://evil.example", "https://app.example", "application/json", [b'x'; 17_000]);
    let wrong_uri = br#"{"provider":"x","code":"c","redirect_uri":"https://evil.example/auth"}"#;
    let get = Method::GET;
    for (request, error) in [
        (build("/api/none", get.clone(), evil, "text/plain", &large), "not_found"),
        (build("/api/token", get, evil, "text/plain", &large), "method_not_allowed"),
        (build("/api/token", Method::POST, evil, "text/plain", &large), "origin_not_allowed"),
        (build("/api/token", Method::POST, ours, "text/plain", &large), "unsupported_media_type"),
        (build("/api/token", Method::POST, ours, json, &large), "body_too_large"),
        (build("/api/token", Method::POST, ours, json, wrong_uri), "invalid_request"),
    ] {
        assert_eq!(bench.call(request).await.json()["error"], error);
    }
    assert_eq!(bench.emulator.seen().len(), 0);
}
