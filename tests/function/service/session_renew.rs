//! `POST /api/session`: renewals and the profile, and their results.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::Method;
use lambda_http::{Context, RequestExt as _};
use serde_json::{Value, json};

use crate::bench::MONTH;
use crate::session_bench::{TOKEN, Visit, now, set_cookies};

const RENEWED: &str =
    r#"{"access_token":"hush-access-1","token_type":"Bearer","expires_in":60,"refresh_token":"hush-refresh-1"}"#;

#[tokio::test]
async fn renewal_sends_one_request_and_sets_a_new_cookie() {
    let mut visit = Visit::cookie().await;
    let id = visit.signed_in().await;
    visit.provider.answers("/token", 200, RENEWED);
    let answer = visit.post(&id, json!({ "renewals": 0 })).await;
    let session = answer.json()["session"].clone();
    assert_eq!(answer.json().as_object().map(serde_json::Map::len), Some(1));
    assert_eq!((&session["id"], &session["renewals"], &session["expires_in"]), (&json!(id), &json!(1), &json!(60)));
    assert_eq!(session["access_token"], "hush-access-1");
    assert_eq!(session["profile"]["name"], "Demo", "the profile is kept");
    let asked = visit.provider.asked();
    let [renewal] = &asked[..] else { panic!("one request, not {asked:?}") };
    assert!(renewal.starts_with("POST /token HTTP/1.1\r\n"), "{renewal}");
    assert!(renewal.contains("\r\nauthorization: Basic YW4taWQ6aHVzaC1zZWNyZXQ=\r\n"), "{renewal}");
    assert!(renewal.ends_with("\r\n\r\ngrant_type=refresh_token&refresh_token=hush-refresh-0"), "{renewal}");
    assert_eq!(set_cookies(&answer).len(), 1);
    // The next renewal uses the new refresh token.
    visit.post(&id, json!({ "renewals": 1 })).await;
    assert!(visit.provider.asked()[0].ends_with("&refresh_token=hush-refresh-1"));
    assert!(!visit.function.log().concat().contains("hush"));
}

#[tokio::test]
async fn renewal_authenticates_the_client_as_configured() {
    let mut visit = Visit::with(&[("OAUTH_CLIENT_AUTH", "post")]).await;
    let id = visit.signed_in().await;
    visit.post(&id, json!({ "renewals": 0 })).await;
    let end = "grant_type=refresh_token&refresh_token=hush-refresh-0&client_id=an-id&client_secret=hush-secret";
    assert!(visit.provider.asked()[0].ends_with(end));
}

#[tokio::test]
async fn refresh_token_that_is_not_replaced_is_kept() {
    let mut visit = Visit::cookie().await;
    let id = visit.signed_in().await;
    for (renewals, refresh_token) in ["", r#","refresh_token":null"#, r#","refresh_token":"""#].iter().enumerate() {
        visit.provider.answers("/token", 200, &format!(r#"{{"access_token":"hush-access-1"{refresh_token}}}"#));
        let session = visit.post(&id, json!({ "renewals": renewals })).await.json()["session"].clone();
        assert_eq!((&session["renewals"], &session["renewable"]), (&json!(renewals + 1), &json!(true)));
        assert_eq!(session.get("expires_in"), None, "the new token's end is unknown");
        assert!(visit.provider.asked()[0].ends_with("&refresh_token=hush-refresh-0"));
    }
    let duplicated = TOKEN.replace('}', r#","refresh_token":"hush-again"}"#);
    visit.provider.answers("/token", 200, &duplicated);
    let answer = visit.post(&id, json!({ "renewals": 3 })).await;
    answer.assert_refusal(502, "provider_bad_response", "later", "two refresh tokens");
}

#[tokio::test]
async fn nothing_goes_upstream_unless_the_count_is_right_and_the_session_is_renewable() {
    let mut visit = Visit::cookie().await;
    let id = visit.signed_in().await;
    for body in [json!({}), json!({ "renewals": 1 }), json!({ "renewals": u64::MAX }), json!({ "profile": false })] {
        let answer = visit.post(&id, body.clone()).await;
        assert_eq!(answer.json()["session"], visit.session().await, "{body}: the same as GET");
        assert!(set_cookies(&answer).is_empty(), "{body}");
    }
    let empty = visit.request(Method::POST, "/api/session", Some(&id), None);
    assert_eq!(visit.send(empty).await.json()["session"]["renewals"], 0, "the body is optional");
    visit.provider.answers("/token", 200, r#"{"access_token":"hush-access-0","expires_in":60}"#);
    let id = visit.signed_in().await;
    assert_eq!(visit.post(&id, json!({ "renewals": 0 })).await.json()["session"]["renewals"], 0);
    assert!(visit.provider.asked().is_empty());
}

#[tokio::test]
async fn profile_is_read_again_after_the_renewal() {
    let mut visit = Visit::cookie().await;
    let id = visit.signed_in().await;
    visit.provider.answers("/token", 200, RENEWED);
    visit.provider.answers("/me", 200, r#"{"name":"Other"}"#);
    let answer = visit.post(&id, json!({ "renewals": 0, "profile": true })).await;
    assert_eq!(answer.json()["session"]["profile"], json!({ "name": "Other" }));
    let asked = visit.provider.asked();
    assert!(asked[0].starts_with("POST /token") && asked[1].starts_with("GET /me"), "{asked:?}");
    assert!(asked[1].contains("authorization: Bearer hush-access-1\r\n"), "with the new token");
    visit.provider.answers("/me", 200, r#"{"name":"Third"}"#);
    let answer = visit.post(&id, json!({ "profile": true })).await;
    assert_eq!(set_cookies(&answer).len(), 1, "a profile that was read is stored");
    assert_eq!(visit.session().await["profile"], json!({ "name": "Third" }));
    assert_eq!(visit.provider.asked_for(), ["GET /me"]);
}

#[tokio::test]
async fn failed_profile_is_reported_and_the_old_one_kept() {
    let mut visit = Visit::cookie().await;
    let id = visit.signed_in().await;
    for (status, fault) in [(401, "refused"), (500, "unavailable")] {
        visit.provider.answers("/me", status, "{}");
        let answer = visit.post(&id, json!({ "profile": true })).await;
        let session = &answer.json()["session"];
        assert_eq!((&session["profile"]["name"], &session["profile_error"]), (&json!("Demo"), &json!(fault)));
        assert!(set_cookies(&answer).is_empty(), "no profile was read");
    }
}

#[tokio::test]
async fn profile_is_not_requested_with_an_expired_token() {
    let mut visit = Visit::cookie().await;
    let id = visit.came_back(now(), Some(-1), Some("hush-refresh"));
    let answer = visit.post(&id, json!({ "profile": true })).await;
    answer.assert_refusal(401, "token_expired", "later", "an expired token");
    assert!(visit.provider.asked().is_empty());
    let answer = visit.post(&id, json!({ "profile": true, "renewals": 3 })).await;
    assert_eq!((answer.status.as_u16(), visit.provider.asked_for().len()), (200, 2), "it is requested after a renewal");
}

#[tokio::test]
async fn rejected_renewal_is_an_invalid_session_and_keeps_the_cookie() {
    let mut visit = Visit::cookie().await;
    let id = visit.signed_in().await;
    for (status, error) in [
        (400, "invalid_grant"),
        (401, "invalid_grant"),
        (200, "bad_refresh_token"),
        (400, "invalid_refresh_token"),
        (500, "invalid_grant"),
    ] {
        visit.provider.answers("/token", status, &json!({ "error": error }).to_string());
        let answer = visit.post(&id, json!({ "renewals": 0 })).await;
        answer.assert_refusal(401, "invalid_session", "login", error);
        assert_eq!(visit.provider.asked_for().len(), 1, "{error}");
        assert_eq!(visit.function.last_line()["upstream_error"], error);
    }
    assert_eq!(visit.session().await["id"], id);
}

#[tokio::test]
async fn other_failed_renewals_have_the_usual_code_and_keep_the_cookie() {
    let mut visit = Visit::with(&[("OAUTH_TIMEOUT_MS", "300")]).await;
    let id = visit.signed_in().await;
    for (status, body, error, code) in [
        (401, r#"{"error":"invalid_client"}"#, 502, "provider_refused_client"),
        (400, r#"{"error":"unauthorized_client"}"#, 502, "provider_refused_client"),
        (200, "hush", 502, "provider_bad_response"),
        (302, "", 502, "provider_bad_response"),
        (429, "", 503, "provider_busy"),
        (503, "", 503, "provider_busy"),
    ] {
        visit.provider.answers("/token", status, body);
        let answer = visit.post(&id, json!({ "renewals": 0 })).await;
        answer.assert_refusal(error, code, "later", body);
    }
    visit.provider.is_gone("/token");
    visit.post(&id, json!({ "renewals": 0 })).await.assert_refusal(
        502,
        "provider_unreachable",
        "later",
        "closed connection",
    );
    visit.provider.says("/token", b"HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\n");
    visit.post(&id, json!({ "renewals": 0 })).await.assert_refusal(504, "provider_timeout", "later", "silent");
    assert_eq!(visit.session().await["renewals"], 0);
}

/// An exchange times out after `OAUTH_TIMEOUT_MS`. A renewal may take longer, because abandoning it can lose the token.
#[tokio::test]
async fn renewal_may_use_the_whole_invocation() {
    let mut visit = Visit::with(&[("OAUTH_TIMEOUT_MS", "900000")]).await;
    let id = visit.signed_in().await;
    visit.provider.says("/token", b"HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\n");
    visit.redeploy(&[("OAUTH_TIMEOUT_MS", "1")]).await;
    let request = visit.request(Method::POST, "/api/session", Some(&id), Some(&json!({ "renewals": 0 })));
    let mut context = Context::default();
    context.request_id = "an-id".into();
    let end = SystemTime::now() + Duration::from_millis(550);
    context.deadline = end.duration_since(UNIX_EPOCH).expect("the clock is after 1970").as_millis() as u64;
    let answer = visit.send(request.with_lambda_context(context)).await;
    answer.assert_refusal(504, "provider_timeout", "later", "until the invocation's end");
    assert!(visit.function.last_line()["upstream_ms"].as_u64().is_some_and(|ms| ms > 100), "longer than the 1 ms");
}

#[tokio::test]
async fn invalid_bodies_are_rejected() {
    let mut visit = Visit::cookie().await;
    let id = visit.signed_in().await;
    for body in [
        json!([]),
        json!(null),
        json!({ "renewals": "0" }),
        json!({ "renewals": -1 }),
        json!({ "renewals": null }),
        json!({ "profile": 1 }),
        json!({ "more": 1 }),
    ] {
        visit.post(&id, body.clone()).await.assert_refusal(400, "invalid_request", "no", &body.to_string());
    }
    for (body, media_type, status, error) in [
        (r#"{"renewals":0,"renewals":0}"#.to_owned(), Some("application/json"), 400, "invalid_request"),
        ("{}".into(), Some("text/plain"), 415, "unsupported_media_type"),
        ("{}".into(), None, 415, "unsupported_media_type"),
        ("x".repeat(16_385), Some("application/json"), 413, "body_too_large"),
    ] {
        let mut request = visit.request(Method::POST, "/api/session", Some(&id), Some(&Value::Null));
        request.headers_mut().remove("content-type");
        if let Some(media_type) = media_type {
            request.headers_mut().insert("content-type", media_type.parse().expect("a valid value"));
        }
        *request.body_mut() = body.into();
        visit.send(request).await.assert_refusal(status, error, "no", error);
    }
    assert!(visit.provider.asked().is_empty());
}

/// A day of renewals, in fast motion.
#[tokio::test]
async fn hundreds_of_renewals_keep_one_session() {
    let mut visit = Visit::cookie().await;
    let id = visit.signed_in().await;
    let size = visit.jar.value().len();
    for renewals in 0..300 {
        let token = TOKEN.replace("-0", &format!("-{renewals:03}"));
        visit.provider.answers("/token", 200, &token);
        let session = visit.post(&id, json!({ "renewals": renewals })).await.json()["session"].clone();
        assert_eq!((&session["id"], &session["renewals"]), (&json!(id), &json!(renewals + 1)));
        assert_eq!(session["access_token"], format!("hush-access-{renewals:03}"));
    }
    assert_eq!(visit.provider.asked_for().len(), 300);
    assert!(visit.jar.value().len() <= size + 16, "the cookie does not grow");
    assert!(visit.session().await["ends_in"].as_u64().is_some_and(|left| left <= MONTH), "the session is not extended");
}
