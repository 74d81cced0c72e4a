//! Which requests are accepted: by `Origin`, by the Fetch Metadata headers, and by the session that the request names.
//! The attacker's page is on another site, on a sibling host, or on another port of the same host.

use http::{HeaderValue, Method};
use serde_json::json;

use crate::bench::{POLICY, request};
use crate::session_bench::{Visit, set_cookies};

const CALLS: [(Method, &str); 6] = [
    (Method::GET, "/api/session"),
    (Method::HEAD, "/api/session"),
    (Method::POST, "/api/session"),
    (Method::DELETE, "/api/session"),
    (Method::GET, "/api/provider/me"),
    (Method::PUT, "/api/provider/me"),
];

#[tokio::test]
async fn requests_of_another_site_or_another_kind_are_rejected() {
    let mut visit = Visit::proxy().await;
    let id = visit.signed_in().await;
    visit.provider.answers("/api/me", 200, "{}");
    let before = visit.jar.clone();
    for (method, path) in CALLS {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
            ("sec-fetch-site", ""),
            ("sec-fetch-dest", "document"),
            ("sec-fetch-dest", "iframe"),
            ("sec-fetch-dest", "image"),
            ("sec-fetch-dest", "script"),
        ] {
            let mut request = visit.request(method.clone(), path, Some(&id), None);
            request.headers_mut().insert(name, HeaderValue::from_static(value));
            let answer = visit.send(request).await;
            assert_eq!(answer.status, 403, "{method} {path} {name}: {value}");
            assert!(set_cookies(&answer).is_empty());
        }
        let mut twice = visit.request(method.clone(), path, Some(&id), None);
        twice.headers_mut().append("sec-fetch-site", HeaderValue::from_static("same-origin"));
        assert_eq!(visit.send(twice).await.status, 403, "{method} {path} twice");
    }
    assert_eq!((visit.provider.asked().len(), visit.jar.0.clone()), (0, before.0), "nothing happened");
    for (method, path) in CALLS.into_iter().filter(|(method, _)| *method != Method::DELETE) {
        let mut old_browser = visit.request(method.clone(), path, Some(&id), None);
        old_browser.headers_mut().remove("sec-fetch-site");
        old_browser.headers_mut().remove("sec-fetch-dest");
        assert_eq!(visit.send(old_browser).await.status, 200, "{method} {path} from a browser without these headers");
    }
}

#[tokio::test]
async fn only_config_and_health_accept_requests_of_other_sites() {
    let mut visit = Visit::cookie().await;
    for (path, status) in [("/api/config", 200), ("/api/health", 204)] {
        let mut request = visit.request(Method::GET, path, None, None);
        request.headers_mut().insert("sec-fetch-site", HeaderValue::from_static("cross-site"));
        request.headers_mut().insert("sec-fetch-dest", HeaderValue::from_static("document"));
        assert_eq!(visit.send(request).await.status, status, "{path}");
    }
    let mut request = visit.request(Method::POST, "/api/token", None, Some(&json!({})));
    request.headers_mut().insert("sec-fetch-site", HeaderValue::from_static("same-site"));
    visit.send(request).await.assert_refusal(403, "origin_not_allowed", "no", "a page of a sibling host");
}

#[tokio::test]
async fn origin_is_required_for_every_change() {
    let mut visit = Visit::proxy().await;
    let id = visit.signed_in().await;
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        for path in ["/api/session", "/api/provider/me"] {
            if path == "/api/session" && matches!(method, Method::PUT | Method::PATCH) {
                continue;
            }
            for origin in [None, Some("null"), Some("https://evil.example"), Some("https://sub.app.example")] {
                let mut request = visit.request(method.clone(), path, Some(&id), None);
                request.headers_mut().remove("origin");
                if let Some(origin) = origin {
                    request.headers_mut().insert("origin", HeaderValue::from_static(origin));
                }
                let case = format!("{method} {path} from {origin:?}");
                visit.send(request).await.assert_refusal(403, "origin_not_allowed", "no", &case);
            }
        }
    }
    assert!(visit.provider.asked().is_empty() && !visit.session().await.is_null());
}

#[tokio::test]
async fn request_must_name_the_current_session() {
    let mut visit = Visit::proxy().await;
    let id = visit.signed_in().await;
    let calls = CALLS.into_iter().filter(|(method, path)| *path != "/api/session" || *method == Method::POST);
    for (method, path) in calls.chain([(Method::DELETE, "/api/session")]) {
        let case = format!("{method} {path}");
        let missing = visit.request(method.clone(), path, None, None);
        visit.send(missing).await.assert_refusal(403, "origin_not_allowed", "no", &case);
        let mut twice = visit.request(method.clone(), path, Some(&id), None);
        twice.headers_mut().append("x-session", id.parse().expect("a valid value"));
        visit.send(twice).await.assert_refusal(403, "origin_not_allowed", "no", &case);
        let other = visit.request(method.clone(), path, Some("AAAAAAAAAAAAAAAAAAAAAA"), None);
        visit.send(other).await.assert_refusal(409, "session_changed", "no", &case);
        let mut signed_out = visit.request(method.clone(), path, Some(&id), None);
        signed_out.headers_mut().remove("cookie");
        let answer = visit.send(signed_out).await;
        if path == "/api/session" && method == Method::DELETE {
            assert_eq!(answer.status, 204);
        } else {
            answer.assert_refusal(401, "invalid_session", "login", &case);
        }
        visit.signed_in().await;
        let changed = visit.request(method.clone(), path, Some(&id), None);
        visit.send(changed).await.assert_refusal(409, "session_changed", "no", &case);
    }
    assert!(visit.provider.asked().is_empty(), "nothing is sent upstream");
}

/// A change that makes a request invalid.
type Fault = Box<dyn Fn(&mut lambda_http::Request)>;

/// Each request has the fault of its row and of every later row. The earliest one is reported.
#[tokio::test]
async fn checks_run_in_the_documented_order() {
    let mut visit = Visit::cookie().await;
    visit.signed_in().await;
    let mut faults: Vec<(&str, Fault)> = vec![
        (
            "not_found",
            Box::new(|request| *request.uri_mut() = "https://app.example/api/none".parse().expect("a valid URI")),
        ),
        ("method_not_allowed", Box::new(|request| *request.method_mut() = Method::PATCH)),
        ("origin_not_allowed", Box::new(|request| drop(request.headers_mut().remove("origin")))),
        (
            "unsupported_media_type",
            Box::new(|request| {
                request.headers_mut().insert("content-type", HeaderValue::from_static("text/plain"));
            }),
        ),
        ("body_too_large", Box::new(|request| *request.body_mut() = "x".repeat(17_000).into())),
        ("invalid_request", Box::new(|request| *request.body_mut() = "{".into())),
        ("invalid_session", Box::new(|request| drop(request.headers_mut().remove("cookie")))),
        ("session_changed", Box::new(|_| {})),
    ];
    while !faults.is_empty() {
        let mut request = visit.request(Method::POST, "/api/session", Some("other"), Some(&json!({ "renewals": 0 })));
        for (_, apply) in faults.iter().rev() {
            apply(&mut request);
        }
        assert_eq!(visit.send(request).await.json()["error"], faults[0].0);
        drop(faults.remove(0));
    }
    assert!(visit.provider.asked().is_empty());
}

#[tokio::test]
async fn tab_mode_has_no_session() {
    let mut visit = Visit::with(&[("OAUTH_SESSION", "tab")]).await;
    assert!(visit.session().await.is_null());
    let post = visit.request(Method::POST, "/api/session", None, Some(&json!({ "renewals": 0 })));
    visit.send(post).await.assert_refusal(401, "invalid_session", "login", "POST");
    let call = visit.request(Method::GET, "/api/provider/me", None, None);
    visit.send(call).await.assert_refusal(404, "not_found", "no", "the proxy");
}

#[tokio::test]
async fn every_response_is_sandboxed_and_only_the_configuration_is_cached() {
    let mut visit = Visit::proxy().await;
    let id = visit.signed_in().await;
    visit.provider.answers("/api/me", 200, "{}");
    for (method, path) in CALLS.into_iter().chain([
        (Method::GET, "/api/config"),
        (Method::GET, "/api/health"),
        (Method::GET, "/api/none"),
        (Method::OPTIONS, "/api/session"),
    ]) {
        let request = visit.request(method.clone(), path, Some(&id), None);
        let answer = visit.function.call(request).await;
        assert_eq!(answer.header("content-security-policy"), Some(POLICY), "{method} {path}");
        let expected = if path == "/api/config" { "public, max-age=0, s-maxage=300" } else { "no-store" };
        assert_eq!(answer.header("cache-control"), Some(expected), "{method} {path}");
    }
    let wrong = visit.function.call(request(Method::PUT, "/api/session")).await;
    assert_eq!((wrong.status.as_u16(), wrong.header("allow")), (405, Some("GET, HEAD, POST, DELETE")));
}
