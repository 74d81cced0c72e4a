//! The successful responses of the configuration, the health check and the exchange.

use emulator::aniapi::{CLIENT_ID, CLIENT_SECRET, Endpoint, Fault};
use http::Method;
use serde_json::json;

use crate::bench::{Bench, MONTH, PERSON, REDIRECT_URI, post, request};

#[tokio::test]
async fn config_has_everything_that_the_app_needs() {
    let bench = Bench::with(&[("OAUTH_AUTHORIZE_URL", "https://p.example/authorize")]).await;
    let answer = bench.call(request(Method::GET, "/api/config")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=0, s-maxage=300"));
    assert_eq!(
        answer.json(),
        json!({ "providers": [{
            "id": "aniapi",
            "name": "AniAPI",
            "client_id": CLIENT_ID,
            "authorize_url": "https://p.example/authorize",
            "redirect_uris": [REDIRECT_URI, "http://localhost:3000/auth/"],
            "profile_url": "https://api.aniapi.com/v1/auth/me",
            "profile": {
                "ok": ["/status_code", "/status"],
                "unverified": "You need to verify your email first",
                "name": ["/data/username"],
                "picture": "/data/avatar",
                "role": "/data/role",
                "roles": ["Basic user", "Moderator", "Administrator"],
            },
            "api_url": "https://api.aniapi.com/v1",
        }], "session": "tab" })
    );
}

#[tokio::test]
async fn health_has_no_body_and_sends_nothing_upstream() {
    let bench = Bench::start().await;
    let answer = bench.call(request(Method::GET, "/api/health")).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    assert_eq!(bench.emulator.seen().len(), 0);
}

#[tokio::test]
async fn head_is_like_get_without_the_body() {
    let bench = Bench::start().await;
    for path in ["/api/config", "/api/health"] {
        let get = bench.call(request(Method::GET, path)).await;
        let head = bench.call(request(Method::HEAD, path)).await;
        assert_eq!((head.status, &head.headers), (get.status, &get.headers), "{path}");
        assert!(head.body.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn code_is_exchanged_for_a_token() {
    let bench = Bench::start().await;
    let answer = bench.call(bench.token_request()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["access_token"].as_str().map(|token| token.split('.').count()), Some(3));
    // Thirty days, minus the seconds that this test takes.
    assert!(body["expires_in"].as_u64().is_some_and(|left| (2_591_990..=2_592_000).contains(&left)), "{body}");
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(3));
}

#[tokio::test]
async fn exchange_is_one_post_with_its_parameters_in_the_query() {
    let bench = Bench::start().await;
    let code = bench.emulator.issue_code(PERSON);
    bench.call(post(&json!({ "provider": "aniapi", "code": code, "redirect_uri": REDIRECT_URI }))).await;
    let seen = bench.emulator.seen();
    let [exchange] = &seen[..] else { panic!("one request, not {seen:?}") };
    let parameters: Vec<_> = exchange.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        parameters,
        [("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("code", &code), ("redirect_uri", REDIRECT_URI)]
    );
    assert_eq!((exchange.method.as_str(), exchange.body_len), ("POST", 0));
    assert_eq!(exchange.header("accept-encoding"), Some("identity"));
    for absent in ["origin", "referer", "cookie"] {
        assert_eq!(exchange.header(absent), None, "{absent}");
    }
}

#[tokio::test]
async fn media_type_may_have_a_charset() {
    let bench = Bench::start().await;
    for media_type in
        ["application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"]
    {
        let mut request = bench.token_request();
        request.headers_mut().insert("content-type", media_type.parse().expect("a valid value"));
        assert_eq!(bench.call(request).await.status, 200, "{media_type}");
    }
}

#[tokio::test]
async fn token_that_is_not_a_jwt_has_no_known_expiry() {
    let bench = Bench::start().await;
    let body = br#"{"status":200,"message":"Code verified","data":"opaque","version":"1"}"#.to_vec();
    bench.emulator.misbehave(Endpoint::Token, Fault::Raw { status: 200, headers: vec![], body });
    let answer = bench.call(bench.token_request()).await;
    assert_eq!(answer.json(), json!({ "access_token": "opaque", "token_type": "Bearer", "ends_in": MONTH }));
}
