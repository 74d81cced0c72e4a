//! The local edge, in front of a function whose responses describe its requests.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, Request as HttpRequest, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use deploy::{headers, sha256};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use super::*;

/// A site on a free port, without files.
async fn site(function: &str) -> Site {
    let headers = headers::read(&template_path(), &deploy::template::Parameters::new()).expect("the template is valid");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    Site::start(vec![listener], Path::new("no-such-folder"), function, headers).expect("the site starts")
}

/// A function whose responses describe its requests and set two cookies.
async fn echo() -> (String, JoinHandle<()>) {
    let answer = async |request: Request| {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("it is complete");
        if parts.uri.path() == "/api/binary" {
            return body.into_response();
        }
        let names = parts.headers.keys().map(ToString::to_string);
        let all: Vec<_> = names.map(|name| json!([name, text(&parts.headers, &name)])).collect();
        let uri = parts.uri.to_string();
        let described = json!({ "method": parts.method.as_str(), "uri": uri, "headers": all, "len": body.len() });
        let mut answer = (StatusCode::ACCEPTED, Json(described)).into_response();
        for cookie in ["session-1=a; Path=/; HttpOnly", "session-1-1=; Path=/; HttpOnly; Max-Age=0"] {
            answer.headers_mut().append(header::SET_COOKIE, HeaderValue::from_static(cookie));
        }
        let policy = HeaderValue::from_static("default-src 'none'; sandbox");
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        answer
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let server = tokio::spawn(async move {
        let _ = axum::serve(listener, Router::new().fallback(answer)).await;
    });
    (url, server)
}

/// All values of a header.
fn text(headers: &HeaderMap, name: &str) -> Vec<String> {
    headers.get_all(name).iter().map(|value| value.to_str().expect("it is text").to_owned()).collect()
}

/// Sends a request like a page of the app: with the hash of its body.
async fn send(site: &Site, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Response {
    let hash = sha256(&body);
    let hash = [("x-amz-content-sha256", &*hash)].into_iter().filter(|_| !body.is_empty());
    send_unsigned(site, method, path, &headers.iter().copied().chain(hash).collect::<Vec<_>>(), body).await
}

async fn send_unsigned(site: &Site, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Response {
    let mut request = HttpRequest::builder().method(method).uri(format!("http://127.0.0.1:{}{path}", site.port));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let request = request.body(Body::from(body)).expect("it is a request");
    client.request(request).await.expect("an answer").map(Body::new)
}

/// The request that the function received.
async fn received(answer: Response) -> Value {
    let body = to_bytes(answer.into_body(), usize::MAX).await.expect("it is complete");
    serde_json::from_slice(&body).expect("it is JSON")
}

fn header_of<'v>(received: &'v Value, name: &str) -> Option<&'v Value> {
    received["headers"].as_array()?.iter().find(|pair| pair[0] == name).map(|pair| &pair[1])
}

#[tokio::test]
async fn every_method_reaches_the_function_with_its_headers_and_body() {
    let (function, _server) = echo().await;
    let site = site(&function).await;
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-dest", "empty"),
        ("x-session", "AAAAAAAAAAAAAAAAAAAAAA"),
        ("origin", "http://localhost:3000"),
        ("if-none-match", "\"etag\""),
        ("accept", "image/webp"),
        ("content-type", "application/json"),
    ];
    for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let len = if method == Method::GET { 0 } else { 256 * 1024 };
        let answer = send(&site, method.clone(), "/api/session", &headers, vec![b'x'; len]).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let received = received(answer).await;
        assert_eq!((&received["method"], &received["len"]), (&json!(method.as_str()), &json!(len)));
        for (name, value) in headers {
            assert_eq!(header_of(&received, name), Some(&json!([value])), "{method} {name}");
        }
    }
    let answer = send(&site, Method::HEAD, "/api/session", &headers, Vec::new()).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    assert_eq!(site.count("HEAD", "/api/session"), 1);
}

#[tokio::test]
async fn path_and_query_are_forwarded_unchanged() {
    let (function, _server) = echo().await;
    let site = site(&function).await;
    for path in [
        "/api/",
        "/api/provider/",
        "/api/provider//a//",
        "/api/provider/a%2Fb/%2e%2E/c%5Cd/%C3%A9/%ff/%00?x=%2F&y=a+b&y=2&e=&z&%",
        "/api/provider/../provider/./passwd",
        "/api/provider/a;b=c/@:!$&'()*+,=~-_.?/?a=/../b",
        "/api/provider/x?",
    ] {
        let received = received(send(&site, Method::GET, path, &[], Vec::new()).await).await;
        assert_eq!(received["uri"], path);
    }
}

#[tokio::test]
async fn session_cookies_pass_in_both_directions_and_others_are_not_forwarded() {
    let (function, _server) = echo().await;
    let site = site(&function).await;
    let own = format!("session-{}=a; session-{}-1=b", site.port, site.port);
    let headers = [("cookie", &*format!("theme=dark; {own}; session-1=c"))];
    let answer = send(&site, Method::POST, "/api/session", &headers, Vec::new()).await;
    let set = text(answer.headers(), "set-cookie");
    assert_eq!(set, ["session-1=a; Path=/; HttpOnly", "session-1-1=; Path=/; HttpOnly; Max-Age=0"]);
    assert_eq!(header_of(&received(answer).await, "cookie"), Some(&json!([own])));

    // As with an env file whose first redirect URI is on another port.
    site.session_port(1);
    let answer = send(&site, Method::GET, "/api/session", &headers, Vec::new()).await;
    assert_eq!(header_of(&received(answer).await, "cookie"), Some(&json!(["session-1=c"])));
}

#[tokio::test]
async fn binary_bodies_pass_in_both_directions() {
    let (function, _server) = echo().await;
    let site = site(&function).await;
    let bytes: Vec<u8> = (0..=255).cycle().take(256 * 1024).collect();
    let answer = send(&site, Method::PUT, "/api/binary", &[("content-type", "image/png")], bytes.clone()).await;
    assert_eq!(to_bytes(answer.into_body(), usize::MAX).await.expect("it is complete"), bytes);
    // For `cargo lambda watch`, which would treat the body as text.
    let received = received(send(&site, Method::PUT, "/api/x", &[], bytes).await).await;
    assert_eq!(header_of(&received, "content-type"), Some(&json!(["application/octet-stream"])));
}

#[tokio::test]
async fn responses_of_the_function_have_the_headers_of_the_deployment() {
    let (function, _server) = echo().await;
    let site = site(&function).await;
    let answer = send(&site, Method::GET, "/api/session", &[], Vec::new()).await;
    let policy = "default-src 'none'; sandbox; frame-ancestors 'none'";
    assert_eq!(text(answer.headers(), "content-security-policy"), [policy], "the policy of `/api/`, not the site's");
    assert_eq!(text(answer.headers(), "x-content-type-options"), ["nosniff"]);
}

#[tokio::test]
async fn held_request_reaches_the_function_after_its_release() {
    let (function, _server) = echo().await;
    let site = site(&function).await;
    site.hold(Method::POST, "/api/session");
    {
        let held = send(&site, Method::POST, "/api/session?x", &[], Vec::new());
        tokio::pin!(held);
        let others = async {
            assert_eq!(send(&site, Method::GET, "/api/session", &[], Vec::new()).await.status(), StatusCode::ACCEPTED);
            while site.count("POST", "/api/session?x") == 0 {
                tokio::task::yield_now().await;
            }
            send(&site, Method::POST, "/api/token", &[], Vec::new()).await
        };
        tokio::select! {
            biased;
            _ = &mut held => panic!("it is held"),
            other = others => assert_eq!(other.status(), StatusCode::ACCEPTED),
        }
        site.release();
        assert_eq!(held.await.status(), StatusCode::ACCEPTED);
    }
    // The function handles a request whose response is lost.
    site.lose_answers(true);
    assert_eq!(send(&site, Method::POST, "/api/session", &[], Vec::new()).await.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(site.calls().len(), 4, "{:?}", site.calls());
}

/// The template with a text replaced.
fn changed(from: &str, to: &str) -> Value {
    let text = std::fs::read_to_string(template_path()).expect("it exists");
    assert!(text.contains(from), "the template has no {from}");
    template::parse(&text.replace(from, to)).expect("it is YAML")
}

/// A site with a page, a script and a picture.
async fn site_with_files(function: &str) -> (tempfile::TempDir, Site) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in ["index.html", "index.html.br", "a-0123456789abcdef.js", "a-0123456789abcdef.js.gz", "logo.png"] {
        std::fs::write(folder.path().join(file), file).expect("a file");
    }
    let headers = headers::read(&template_path(), &deploy::template::Parameters::new()).expect("the template is valid");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let site = Site::start(vec![listener], folder.path(), function, headers).expect("the site starts");
    (folder, site)
}

async fn body(answer: Response) -> String {
    let body = to_bytes(answer.into_body(), usize::MAX).await.expect("it is complete");
    String::from_utf8_lossy(&body).into_owned()
}

/// An origin at which nothing listens.
const NO_FUNCTION: &str = "http://127.0.0.1:1";

#[tokio::test]
async fn file_is_served_from_the_bucket_and_a_missing_one_is_404() {
    let (_folder, site) = site_with_files(NO_FUNCTION).await;
    let year = "public, max-age=31536000, immutable";
    for (path, accepted, status, content, cache_control) in [
        ("/", "", 200, "index.html", "no-cache"),
        ("/auth?code=c&state=s", "br", 200, "index.html.br", "no-cache"),
        ("/index.html", "", 200, "index.html", "no-cache"),
        ("/no/such.page", "", 200, "index.html", "no-cache"),
        ("/a-0123456789abcdef.js", "gzip", 200, "a-0123456789abcdef.js.gz", year),
        ("/logo.png", "br, gzip", 200, "logo.png", "no-cache"),
        // This file was not uploaded, and the edge does not compress.
        ("/a-0123456789abcdef.js", "br", 404, "NoSuchKey", ""),
        ("/gone-0123456789abcdef.css", "", 404, "NoSuchKey", ""),
        ("/..%2findex.html", "", 404, "NoSuchKey", ""),
        ("/api/config", "", 502, "502", ""),
    ] {
        let answer = send(&site, Method::GET, path, &[("accept-encoding", accepted)], Vec::new()).await;
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(text(answer.headers(), "cache-control").concat(), cache_control, "{path}");
        let policy = text(answer.headers(), "content-security-policy").concat();
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        let body = body(answer).await;
        assert!(body.contains(content), "{path}: {body}");
    }
    let answer = send(&site, Method::GET, "/logo.png", &[], Vec::new()).await;
    let tag = text(answer.headers(), "etag").concat();
    let again = send(&site, Method::GET, "/logo.png", &[("if-none-match", &tag)], Vec::new()).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(send(&site, Method::POST, "/", &[], b"x".to_vec()).await.status(), StatusCode::FORBIDDEN);

    // Without the permission to list the bucket, a missing file is 403.
    site.configure(&changed("Action: s3:ListBucket", "Action: s3:GetObjectTagging")).expect("it is valid");
    let answer = send(&site, Method::GET, "/gone.css", &[], Vec::new()).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    // Without the edge function, the app's paths are not found.
    site.configure(&changed("EventType: viewer-request", "EventType: viewer-response")).expect("it is valid");
    assert_eq!(send(&site, Method::GET, "/auth", &[], Vec::new()).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn configuration_is_cached_by_its_cache_control_until_it_is_invalidated() {
    let (function, _server, requests) = counting("public, max-age=0, s-maxage=300", StatusCode::OK).await;
    let site = site(&function).await;
    let ask = async |path: &str| body(send(&site, Method::GET, path, &[("cookie", "a=1")], Vec::new()).await).await;
    assert_eq!((ask("/api/config").await, ask("/api/config?x").await), ("1 ".to_owned(), "1 ".to_owned()));
    site.invalidate("/api/config");
    assert_eq!(ask("/api/config").await, "2 ", "neither cookie nor query is forwarded for a cached response");
    assert_eq!((ask("/api/session").await, ask("/api/session").await), ("3 ".to_owned(), "4 ".to_owned()));
    assert_eq!(requests.load(Ordering::Relaxed), 4);

    // The first behaviour that matches is used.
    site.configure(&changed("PathPattern: /api/config", "PathPattern: /api/other")).expect("it is valid");
    assert_eq!((ask("/api/config").await, ask("/api/config").await), ("5 ".to_owned(), "6 ".to_owned()));
    // Five minutes is the policy's maximum.
    let caching = |from: &str, to: &str| {
        let distribution = Distribution::of(&changed(from, to)).expect("it is valid");
        let behaviour = distribution.behaviour("/api/config").expect("there is one").clone();
        let ttl = |cache_control: &'static str| {
            let headers = [(header::CACHE_CONTROL, HeaderValue::from_static(cache_control))].into_iter().collect();
            behaviour.caching.ttl(StatusCode::OK, &headers, &distribution.errors)
        };
        ["s-maxage=9999", "max-age=9, s-maxage=7", "no-store", "private, max-age=9", "public"].map(ttl)
    };
    assert_eq!(caching("MinTTL: 0", "MinTTL: 0"), [300, 7, 0, 0, 0]);
    assert_eq!(caching("MinTTL: 0", "MinTTL: 60"), [300, 60, 60, 60, 60], "a minimum overrides no-store");
    assert_eq!(caching("DefaultTTL: 0", "DefaultTTL: 50"), [300, 7, 0, 0, 50]);
}

/// A function that responds with the number of its requests and the cookie that it received.
async fn counting(
    cache_control: &'static str,
    status: StatusCode,
) -> (String, JoinHandle<()>, Arc<std::sync::atomic::AtomicUsize>) {
    let requests = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let answer = async move |headers: HeaderMap| {
        let number = count.fetch_add(1, Ordering::Relaxed) + 1;
        let cookie = headers.get(header::COOKIE).map(|value| value.to_str().unwrap_or_default().to_owned());
        (status, [(header::CACHE_CONTROL, cache_control)], format!("{number} {}", cookie.unwrap_or_default()))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let server = tokio::spawn(async move {
        let _ = axum::serve(listener, Router::new().fallback(answer)).await;
    });
    (url, server, requests)
}

#[tokio::test]
async fn errors_of_the_function_are_not_cached() {
    for status in [400, 401, 403, 404, 405, 409, 413, 415, 500, 502, 503, 504] {
        let status = StatusCode::from_u16(status).expect("it is one");
        let (function, _server, requests) = counting("no-store", status).await;
        let site = site(&function).await;
        let ask = async || send(&site, Method::GET, "/api/session", &[], Vec::new()).await;
        assert_eq!((ask().await.status(), ask().await.status()), (status, status));
        assert_eq!(requests.load(Ordering::Relaxed), 2, "{status} is cached");
        // By default, CloudFront caches these for ten seconds, even with `no-store`.
        site.configure(&changed("ErrorCachingMinTTL: 0", "ErrorCachingMinTTL: 10")).expect("it is valid");
        ask().await;
        ask().await;
        let is_cached = [404, 405, 500, 502, 503, 504].contains(&status.as_u16());
        assert_eq!(requests.load(Ordering::Relaxed), if is_cached { 3 } else { 4 }, "{status}");
    }
    let (function, _server, _) = counting("no-store", StatusCode::FORBIDDEN).await;
    let (_folder, site) = site_with_files(&function).await;
    let page = "{ ErrorCode: 403, ErrorCachingMinTTL: 0, ResponseCode: 200, ResponsePagePath: /index.html }";
    site.configure(&changed("{ ErrorCode: 403, ErrorCachingMinTTL: 0 }", page)).expect("it is valid");
    let answer = send(&site, Method::GET, "/api/session", &[], Vec::new()).await;
    assert_eq!(
        (answer.status(), body(answer).await),
        (StatusCode::OK, "index.html".to_owned()),
        "the error was replaced by a page"
    );
}

#[tokio::test]
async fn function_accepts_only_signed_requests() {
    let (function, _server) = echo().await;
    let site = site(&function).await;
    let status = async |headers: &[(&str, &str)], body: &[u8]| {
        send_unsigned(&site, Method::POST, "/api/token", headers, body.to_vec()).await.status()
    };
    let (right, wrong) = (sha256(b"{}"), sha256(b"{ }"));
    assert_eq!(status(&[("x-amz-content-sha256", &right)], b"{}").await, StatusCode::ACCEPTED);
    assert_eq!(status(&[], b"").await, StatusCode::ACCEPTED, "an empty body needs no hash");
    for headers in [&[][..], &[("x-amz-content-sha256", &*wrong)], &[("x-amz-content-sha256", "UNSIGNED-PAYLOAD")]] {
        assert_eq!(status(headers, b"{}").await, StatusCode::FORBIDDEN, "{headers:?}");
    }
    let authorization = [("authorization", "Bearer t0ken")];
    let answer = received(send(&site, Method::GET, "/api/session", &authorization, Vec::new()).await).await;
    let forwarded = header_of(&answer, "authorization").expect("it is signed").to_string();
    assert!(forwarded.contains("AWS4-HMAC-SHA256") && !forwarded.contains("t0ken"), "{forwarded}");
    let body = b"x".to_vec();
    assert_eq!(send(&site, Method::GET, "/api/session", &[], body).await.status(), StatusCode::FORBIDDEN);

    // Each of these mistakes in the template would make every login fail.
    for (from, to) in [
        ("Headers: [Host]", "Headers: [Via]"),
        ("Headers: [Host]", "Headers: [Host, x-amz-content-sha256]"),
        ("            OriginAccessControlId: !Ref FunctionAccess\n", ""),
        ("[GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE]", "[GET, HEAD, OPTIONS]"),
        ("            OriginRequestPolicyId: !Ref ApiRequests\n", ""),
        ("PathPattern: /api/*", "PathPattern: /api/session"),
    ] {
        site.configure(&changed(from, to)).expect("it is valid");
        assert_eq!(status(&[("x-amz-content-sha256", &right)], b"{}").await, StatusCode::FORBIDDEN, "{from} -> {to}");
    }
}

#[tokio::test]
async fn path_is_normalized_before_a_behaviour_is_selected() {
    let (function, _server) = echo().await;
    let (_folder, site) = site_with_files(&function).await;
    for (path, status) in [
        ("/%61pi/session", StatusCode::ACCEPTED),
        ("/x/../api/session", StatusCode::ACCEPTED),
        // It leads out of `/api/`, to the app.
        ("/api/provider/../../etc/./passwd", StatusCode::OK),
        ("/API/session", StatusCode::OK),
        ("/api", StatusCode::OK),
    ] {
        assert_eq!(send(&site, Method::GET, path, &[], Vec::new()).await.status(), status, "{path}");
    }
}

#[tokio::test]
async fn url_and_header_limits_are_those_of_cloudfront() {
    let (function, _server) = echo().await;
    let site = site(&function).await;
    let host = format!("127.0.0.1:{}", site.port);
    let longest = 8_192 - "https://".len() - host.len();
    let path = |len: usize| format!("/api/{}", "x".repeat(len - "/api/".len()));
    for (len, status) in [(longest, StatusCode::ACCEPTED), (longest + 1, StatusCode::PAYLOAD_TOO_LARGE)] {
        assert_eq!(send(&site, Method::GET, &path(len), &[], Vec::new()).await.status(), status, "{len}");
    }
    // The session's two cookies fit beside 6 KiB of other cookies on this domain.
    let others = format!("others={}", "x".repeat(6 * 1024));
    let own = format!("session-{}={}; session-{}-1={}", site.port, "y".repeat(3_800), site.port, "z".repeat(3_800));
    let cookies = format!("{others}; {own}");
    let answer = send(&site, Method::GET, "/api/session", &[("cookie", &cookies)], Vec::new()).await;
    assert_eq!(header_of(&received(answer).await, "cookie"), Some(&json!([own])));
    let cookies = "x".repeat(20_480);
    let answer = send(&site, Method::GET, "/api/session", &[("cookie", &cookies)], Vec::new()).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn only_cookies_in_the_policy_reach_the_function() {
    let (function, _server) = echo().await;
    let site = site(&function).await;
    let own = format!("session-{}=a", site.port);
    let cookie = async || {
        let cookies = format!("theme=dark; {own}");
        let answer = send(&site, Method::GET, "/api/session", &[("cookie", &cookies)], Vec::new()).await;
        header_of(&received(answer).await, "cookie").cloned()
    };
    assert_eq!(cookie().await, Some(json!([own])));
    for (from, to, expected) in [
        ("Cookies: [__Host-Http-session, __Host-Http-session-1]", "Cookies: [__Host-session]", None),
        ("CookieBehavior: whitelist", "CookieBehavior: all", Some(json!([format!("theme=dark; {own}")]))),
    ] {
        site.configure(&changed(from, to)).expect("it is valid");
        assert_eq!(cookie().await, expected, "{from} -> {to}");
    }
}

#[tokio::test]
async fn in_development_nothing_is_cached_and_files_need_not_be_compressed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |content: &str| std::fs::write(folder.path().join("index.html"), content).expect("a file");
    write("<head></head>first");
    let headers = headers::read(&template_path(), &deploy::template::Parameters::new()).expect("the template is valid");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let site = Site::start_reloading(vec![listener], folder.path(), NO_FUNCTION, headers).expect("the site starts");
    for content in ["<head></head>first", "<head></head>second"] {
        write(content);
        let answer = send(&site, Method::GET, "/", &[("accept-encoding", "br")], Vec::new()).await;
        assert!(!answer.headers().contains_key(header::CONTENT_ENCODING));
        let page = body(answer).await;
        assert!(page.ends_with(&content[13..]) && page.contains("/_dev/reload.js"), "{page}");
    }
}
