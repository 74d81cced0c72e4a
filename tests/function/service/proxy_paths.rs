//! The proxy's paths: which ones reach the API unchanged, and which ones are rejected before anything is sent.

use http::{HeaderValue, Method};
use lambda_http::RequestExt as _;

use crate::session_bench::{Visit, now};

/// A visit in `proxy` mode, with an API that responds to every request.
async fn visit(variables: &[(&'static str, &str)]) -> (Visit, String) {
    let mut visit = Visit::with(&[&[("OAUTH_SESSION", "proxy")], variables].concat()).await;
    let id = visit.signed_in().await;
    visit.provider.answers("*", 200, "{}");
    (visit, id)
}

/// Calls a path in the form that Lambda passes on: exactly as the caller sent it.
async fn call(visit: &mut Visit, id: &str, raw_path: &str, query: &str) -> (u16, Vec<String>) {
    let mut request = visit.request(Method::GET, "/api/provider/", Some(id), None);
    *request.uri_mut() = format!("https://app.example/x{query}").parse().expect("a valid address");
    let answer = visit.send(request.with_raw_http_path(format!("/api/provider/{raw_path}"))).await;
    (answer.status.as_u16(), visit.provider.asked_for())
}

#[tokio::test]
async fn path_and_query_are_appended_byte_for_byte() {
    let (mut visit, id) = visit(&[("OAUTH_API_URL", "{url}/api/")]).await;
    for (path, query) in [
        ("", ""),
        ("users", ""),
        ("users/", ""),
        ("users/@me", "?a=b&c=%2f%2F+d&&e"),
        ("caf%C3%A9/100%25", "?q=%E3%82%A2"),
        ("a;b=c/d,e", "?redirect=https://evil.example/../x"),
        ("@evil.example", ""),
        (":80", ""),
        ("a%20b", "?x=[1]"),
    ] {
        let (status, asked) = call(&mut visit, &id, path, query).await;
        assert_eq!((status, asked), (200, vec![format!("GET /api/{path}{query}")]), "{path}{query}");
    }
}

#[tokio::test]
async fn ambiguous_path_is_rejected() {
    let (mut visit, id) = visit(&[]).await;
    for path in [
        "..",
        "../",
        "a/../b",
        "a/..",
        "./a",
        "a/.",
        "/",
        "//evil.example",
        "a//b",
        "%2e%2e/x",
        "a/%2E%2e",
        "a/.%2e/b",
        "a%2f..%2fb",
        "a%2F%2e%2e",
        "a%5c..%5cb",
        "a\\..\\b",
        "%252e%252e/x",
        "a/%25252e%25252e/b",
        "a/%2%35252e./b",
        "a%2f%2fb",
        "a%00",
        "a%0a",
        "a%0d%0aHost:x",
        "a%2500",
        "a%7f",
        "a%c2%85",
        "a?b",
        "a#b",
        "a b",
        "a\tb",
        "a\u{e9}",
        "a\"b",
        "a<b",
        "a`b",
        "a{b}",
        "%5c%5cevil.example",
        "https:%2F/",
    ] {
        assert_eq!(call(&mut visit, &id, path, "").await, (400, vec![]), "{path:?}");
    }
    for query in ["?'", "?%27'"] {
        assert_eq!(call(&mut visit, &id, "a", query).await, (400, vec![]), "{query:?}: a parser prints it differently");
    }
}

#[tokio::test]
async fn only_allowed_paths_are_reached() {
    let (mut visit, id) = visit(&[("OAUTH_API_PATHS", "users,/v2/anime/")]).await;
    for (path, status) in [
        ("users", 200),
        ("users/7", 200),
        ("v2/anime/1", 200),
        ("", 400),
        ("users2", 400),
        ("v2", 400),
        ("v2/animes", 400),
        ("%75sers", 400),
        ("v2%2fanime", 400),
        ("admin", 400),
    ] {
        let (answered, asked) = call(&mut visit, &id, path, "").await;
        assert_eq!((answered, asked.len()), (status, usize::from(status == 200)), "{path}");
    }
}

#[tokio::test]
async fn presets_exclude_their_oauth_endpoints() {
    let aniapi = [
        ("OAUTH_PROVIDER", "aniapi"),
        ("OAUTH_CLIENT_ID", "11111111-2222-3333-4444-555555555555"),
        ("OAUTH_CLIENT_SECRET", "11111111-2222-3333-4444-666666666666"),
        ("OAUTH_SESSION", "proxy"),
    ];
    let mut visit = Visit::with(&aniapi).await;
    visit.provider.answers("/token", 200, r#"{"status_code":200,"data":"hush"}"#);
    visit.provider.answers("*", 200, "{}");
    let body = serde_json::json!({ "provider": "aniapi", "code": "c", "redirect_uri": "https://app.example/auth" });
    let login = visit.request(Method::POST, "/api/token", None, Some(&body));
    let id = visit.send(login).await.json()["id"].as_str().expect("it has one").to_owned();
    visit.provider.asked();
    for (path, status) in
        [("anime/1", 200), ("auth/me", 200), ("oauth", 400), ("oauth/token", 400), ("OAuth/token", 400)]
    {
        assert_eq!(call(&mut visit, &id, path, "").await.0, status, "{path}");
    }
}

#[tokio::test]
async fn proxy_exists_only_in_proxy_mode_with_an_api() {
    for (mode, api, status) in [("proxy", "{url}/api", 200), ("proxy", "", 404), ("cookie", "{url}/api", 404)] {
        let mut visit = Visit::with(&[("OAUTH_SESSION", mode), ("OAUTH_API_URL", api)]).await;
        let id = visit.signed_in().await;
        visit.provider.answers("*", 200, "{}");
        let answer = visit.call(Method::GET, "me", &id).await;
        assert_eq!(answer.status.as_u16(), status, "{mode} {api}");
        let options = visit.request(Method::OPTIONS, "/api/provider/me", Some(&id), None);
        let expected = if status == 200 { 405 } else { 404 };
        assert_eq!(visit.send(options).await.status.as_u16(), expected, "{mode} {api}");
        let bare = visit.request(Method::GET, "/api/provider", Some(&id), None);
        visit.send(bare).await.assert_refusal(404, "not_found", "no", "without the slash");
    }
}

#[tokio::test]
async fn expired_token_is_reported_and_never_renewed() {
    let mut visit = Visit::proxy().await;
    let id = visit.came_back(now(), Some(-1), Some("hush-refresh"));
    let answer = visit.call(Method::GET, "me", &id).await;
    answer.assert_refusal(401, "token_expired", "later", "an expired token");
    assert!(visit.provider.asked().is_empty());
}

#[tokio::test]
async fn body_is_limited_to_256_kib() {
    let (mut visit, id) = visit(&[]).await;
    for (len, status) in [(262_144, 200), (262_145, 413)] {
        let mut request = visit.request(Method::PUT, "/api/provider/me", Some(&id), None);
        request.headers_mut().insert("content-type", HeaderValue::from_static("application/octet-stream"));
        *request.body_mut() = vec![0xff; len].into();
        assert_eq!(visit.send(request).await.status.as_u16(), status, "{len} bytes");
    }
    assert_eq!(visit.provider.asked_for().len(), 1);
}
