//! The emulated API: its responses, and what a proxy has to withstand.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use emulator::{Emulator, Endpoint, Fault, Service};
use serde_json::json;

use crate::client::{call, echo, emulator_of, needed};
use crate::http::{Answer, Browser};

async fn started() -> (Emulator, String) {
    let emulator = emulator_of(Service::OAuth2).await;
    let token = emulator.issue_token("demo@aniapi.test");
    (emulator, token)
}

async fn get(emulator: &Emulator, token: &str, path: &str) -> Answer {
    call(emulator, "GET", &format!("{}{path}", emulator.api_url()), token).await
}

#[tokio::test]
async fn api_requires_a_valid_token_at_every_service() {
    for service in Service::ALL {
        let emulator = emulator_of(service).await;
        let good = emulator.issue_token("demo@aniapi.test");
        let answer = call(&emulator, "GET", &echo(&emulator), &good).await;
        assert_eq!(answer.status, 200, "{service:?}: {}", answer.text());
        let readable = service.lets_pages_ask().then_some("*");
        assert_eq!(answer.header("access-control-allow-origin"), readable, "{service:?}");

        let refused = call(&emulator, "GET", &echo(&emulator), "another").await;
        let status = if service == Service::AniList { 400 } else { 401 };
        assert_eq!(refused.status, status, "{service:?}");
        assert_eq!(refused.header("access-control-allow-origin"), readable, "{service:?}");
        // The profile has the same error response.
        let method = if service == Service::AniList { "POST" } else { "GET" };
        let profile = call(&emulator, method, &emulator.profile_url(), "another").await;
        assert_eq!(refused.json(), profile.json(), "{service:?}");

        if !needed(service).is_empty() {
            let authorization = format!("Bearer {good}");
            let headers = [("authorization", authorization.as_str())];
            let answer = Browser::new().send("GET", &echo(&emulator), &headers, "").await;
            assert!(answer.status.is_client_error(), "{service:?} needs more headers");
        }
        let headers = [("access-control-request-method", "PUT"), ("access-control-request-headers", "authorization")];
        let preflight = Browser::new().send("OPTIONS", &echo(&emulator), &headers, "").await;
        assert_eq!(preflight.header("access-control-allow-origin"), readable, "{service:?}");
        assert_eq!(preflight.header("access-control-allow-methods"), readable.map(|_| "PUT"), "{service:?}");
    }
}

#[tokio::test]
async fn echo_returns_the_whole_request() {
    let (emulator, token) = started().await;
    let authorization = format!("Bearer {token}");
    let url = format!("{}/echo/a%2Fb//%C3%A4/?q=%20+&q=", emulator.api_url());
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let headers = [("authorization", authorization.as_str()), ("x-custom", "1"), ("x-custom", "2")];
        let answer = Browser::new().send(method, &url, &headers, "böse").await;
        let seen = answer.json();
        assert_eq!((&seen["method"], &seen["body_len"]), (&json!(method), &json!(5)));
        assert_eq!(seen["path"], "/api/echo/a%2Fb//%C3%A4/", "the path is unchanged");
        assert_eq!(seen["query"], "q=%20+&q=");
        assert_eq!(seen["body"], BASE64_STANDARD.encode("böse"));
        let headers = seen["headers"].as_array().expect("a list");
        for pair in [json!(["authorization", authorization]), json!(["x-custom", "1"]), json!(["x-custom", "2"])] {
            assert!(headers.contains(&pair), "{pair} in {seen}");
        }
    }
    assert_eq!(get(&emulator, &token, "/echo").await.json()["query"], json!(null));
    let head = call(&emulator, "HEAD", &url, &token).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
}

#[tokio::test]
async fn echo_response_has_headers_for_a_proxy_to_filter() {
    let (emulator, token) = started().await;
    let answer = get(&emulator, &token, "/echo/").await;
    for (name, value) in [
        ("content-type", "application/json"),
        ("set-cookie", "api=emulator; Path=/"),
        ("etag", "\"emulator\""),
        ("link", "<https://api.example/next>; rel=\"next\""),
        ("retry-after", "7"),
        ("x-ratelimit-remaining", "41"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn status_is_what_the_path_says() {
    let (emulator, token) = started().await;
    for (code, status) in
        [(200, 200), (204, 204), (304, 304), (404, 404), (503, 503), (999, 999), (101, 400), (42, 400)]
    {
        assert_eq!(get(&emulator, &token, &format!("/status/{code}")).await.status, status, "{code}");
    }
}

#[tokio::test]
async fn bytes_have_the_requested_length() {
    let (emulator, token) = started().await;
    for length in [0, 1, 16 * 1024, 5 * 1024 * 1024 + 1] {
        let answer = get(&emulator, &token, &format!("/bytes/{length}")).await;
        assert_eq!((answer.body.len(), answer.header("content-length")), (length, None));
        let answer = get(&emulator, &token, &format!("/bytes/{length}?length")).await;
        assert_eq!((answer.body.len(), answer.header("content-length")), (length, Some(length.to_string().as_str())));
    }
}

#[tokio::test]
async fn endless_response_lasts_until_the_emulator_stops() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let (emulator, token) = started().await;
    let address = emulator.url().replace("http://localhost", "127.0.0.1");
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("the emulator listens");
    let request = format!("GET /api/endless HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("the request is sent");
    let mut received = vec![0; 20 * 1024 * 1024];
    stream.read_exact(&mut received).await.expect("the body does not end");
    emulator.stop().await;
    let rest = stream.read_to_end(&mut received).await;
    assert!(rest.is_ok() || rest.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn redirect_leads_to_the_same_api() {
    let (emulator, token) = started().await;
    let answer = get(&emulator, &token, "/redirect").await;
    assert_eq!(answer.status, 307);
    let target = answer.header("location").expect("there is a location").to_owned();
    assert_eq!(target, format!("{}/echo/redirected", emulator.api_url()));
    assert_eq!(call(&emulator, "GET", &target, &token).await.status, 200);
}

#[tokio::test]
async fn script_has_the_requested_content_type() {
    let (emulator, token) = started().await;
    for (query, media_type) in
        [("?type=text/html", Some("text/html")), ("?type=text%2Fcss%3B%20a", Some("text/css; a")), ("", None)]
    {
        let answer = get(&emulator, &token, &format!("/type{query}")).await;
        assert_eq!(answer.header("content-type"), media_type);
        assert!(answer.text().contains("<script>"), "{}", answer.text());
    }
    assert_eq!(get(&emulator, &token, "/type?type=%0A").await.status, 400);
}

#[tokio::test]
async fn api_faults_affect_all_calls_and_nothing_else() {
    for service in [Service::AniApi, Service::GitHub, Service::OAuth2] {
        let emulator = emulator_of(service).await;
        let token = emulator.issue_token("demo@aniapi.test");
        emulator.misbehave(Endpoint::Api, Fault::Status(502));
        for path in ["/echo", "/echo/", "/echo/a/b", "/status/200", "/bytes/1", "/endless", "/redirect", "/type"] {
            let answer = get(&emulator, &token, path).await;
            assert_eq!(answer.status, 502, "{service:?} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{service:?}");
        }
        assert_eq!(call(&emulator, "GET", &emulator.profile_url(), &token).await.status, 200, "{service:?}");
    }
}
