//! `POST /api/token` if sessions are kept in cookies: the session, its cookie, and the profile.

use http::Method;
use serde_json::{Value, json};

use crate::bench::MONTH;
use crate::session_bench::{COOKIE, TOKEN, Visit, set_cookies};

#[tokio::test]
async fn login_returns_the_session_and_sets_its_cookie() {
    let mut visit = Visit::cookie().await;
    let answer = visit.login().await;
    let id = answer.json()["id"].as_str().expect("a session has an id").to_owned();
    assert!(id.len() == 22 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{id}");
    let whole = json!({
        "id": id, "mode": "cookie", "provider": "oauth2", "renewals": 0, "renewable": true, "expires_in": 3600,
        "ends_in": MONTH, "profile": { "name": "Demo", "picture": "https://p.example/x.png" },
        "access_token": "hush-access-0",
    });
    assert_eq!(answer.json(), whole);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let [cookie] = &set_cookies(&answer)[..] else { panic!("one cookie") };
    let (pair, attributes) = cookie.split_once("; ").expect("a cookie has attributes");
    assert_eq!(attributes, format!("Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={MONTH}"));
    assert!(pair.starts_with(&format!("{COOKIE}=11")), "format and number of parts come first: {pair}");
    assert!(!pair.contains("hush"), "{pair}");
    assert_eq!(visit.provider.asked_for(), ["POST /token", "GET /me"]);
    assert_ne!(visit.login().await.json()["id"], id, "each login has its own id");
}

#[tokio::test]
async fn page_gets_no_token_in_proxy_mode_and_no_refresh_token_in_any() {
    for mode in ["tab", "cookie", "proxy"] {
        let mut visit = Visit::with(&[("OAUTH_SESSION", mode)]).await;
        let answer = visit.login().await;
        let shown = format!("{}{:?}", String::from_utf8_lossy(&answer.body), answer.headers);
        assert!(!shown.contains("refresh-0"), "{mode}: {shown}");
        assert_eq!(shown.contains("hush-access-0"), mode != "proxy", "{mode}: {shown}");
        assert_eq!(answer.json().get("expires_in"), Some(&json!(3600)), "{mode}");
        let log = visit.function.log().concat();
        assert!(!log.contains("hush") && !log.contains("Demo"), "{log}");
        let session = visit.session().await;
        assert_eq!(session.is_null(), mode == "tab", "{mode}: {session}");
        assert_eq!(session.get("access_token").is_some(), mode == "cookie", "{mode}");
    }
}

#[tokio::test]
async fn tab_mode_sets_no_cookie_and_requests_no_profile() {
    let mut visit = Visit::with(&[("OAUTH_SESSION", "tab"), ("OAUTH_SESSION_DAYS", "2")]).await;
    let answer = visit.login().await;
    assert_eq!(answer.json(), json!({ "access_token": "hush-access-0", "token_type": "Bearer", "expires_in": 3600 }));
    visit.provider.answers("/token", 200, r#"{"access_token":"t"}"#);
    let unknown_end = visit.login().await;
    assert_eq!(unknown_end.json(), json!({ "access_token": "t", "token_type": "Bearer", "ends_in": 2 * 86_400 }));
    assert!(set_cookies(&answer).is_empty() && set_cookies(&unknown_end).is_empty());
    assert_eq!(visit.provider.asked_for(), ["POST /token", "POST /token"]);
}

#[tokio::test]
async fn failed_profile_does_not_fail_the_login() {
    let mut visit = Visit::cookie().await;
    for (status, body, fault) in [
        (401, "{}", "refused"),
        (403, "{}", "unavailable"),
        (500, "hush", "unavailable"),
        (302, "", "unavailable"),
        (200, "hush", "unavailable"),
        (200, r#"{"sub":""}"#, "unavailable"),
    ] {
        visit.provider.answers("/me", status, body);
        let answer = visit.login().await;
        assert_eq!(answer.status, 200, "{status} {body}");
        assert_eq!((&answer.json()["profile"], &answer.json()["profile_error"]), (&Value::Null, &json!(fault)));
        assert_eq!(visit.session().await["profile_error"], fault, "the error is stored");
        let line = visit.function.log().iter().rev().nth(1).expect("the login has a line").clone();
        assert!(line.contains(r#""detail":"the provider's profile"#) && !line.contains("hush"), "{line}");
    }
    visit.provider.answers_with("/me", 200, "", "x".repeat(70_000).as_bytes());
    assert_eq!(visit.login().await.json()["profile_error"], "unavailable", "too long");
    visit.provider.answers_with("/me", 200, "content-encoding: gzip\r\n", b"{}");
    assert_eq!(visit.login().await.json()["profile_error"], "unavailable", "compressed");
    visit.provider.is_gone("/me");
    assert_eq!(visit.login().await.json()["profile_error"], "unavailable", "closed connection");
}

#[tokio::test]
async fn silent_profile_endpoint_does_not_outlast_the_deadline() {
    let mut visit = Visit::with(&[("OAUTH_TIMEOUT_MS", "300")]).await;
    // A response that never ends.
    visit.provider.says("/me", b"HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\n");
    let answer = visit.login().await;
    assert_eq!((answer.status.as_u16(), &answer.json()["profile_error"]), (200, &json!("unavailable")));
}

#[tokio::test]
async fn unverified_account_at_aniapi_is_reported() {
    let claims = json!({ "status_code": 200, "data": "opaque" });
    let aniapi = [
        ("OAUTH_PROVIDER", "aniapi"),
        ("OAUTH_CLIENT_ID", "11111111-2222-3333-4444-555555555555"),
        ("OAUTH_CLIENT_SECRET", "11111111-2222-3333-4444-666666666666"),
    ];
    let mut visit = Visit::with(&aniapi).await;
    visit.provider.answers("/token", 200, &claims.to_string());
    let body = json!({ "provider": "aniapi", "code": "c", "redirect_uri": "https://app.example/auth" });
    for (status, profile, wanted, fault) in [
        (
            200,
            json!({ "status_code": 200, "data": { "username": "demo", "role": 1 } }),
            json!({ "name": "demo", "role": "Moderator" }),
            Value::Null,
        ),
        (
            401,
            json!({ "status_code": 401, "data": "You need to verify your email first" }),
            Value::Null,
            json!("unverified"),
        ),
        (401, json!({ "status_code": 401 }), Value::Null, json!("refused")),
        (200, json!({ "status_code": 500 }), Value::Null, json!("unavailable")),
    ] {
        visit.provider.answers("/me", status, &profile.to_string());
        let request = visit.request(Method::POST, "/api/token", None, Some(&body));
        let session = visit.send(request).await.json();
        assert_eq!((&session["profile"], &session["profile_error"]), (&wanted, &fault), "{profile}");
        assert_eq!((&session["renewable"], session.get("expires_in")), (&json!(false), None));
        assert_eq!(session["ends_in"], MONTH);
    }
}

#[tokio::test]
async fn profile_request_has_the_form_that_the_provider_requires() {
    let anilist =
        [("OAUTH_PROVIDER", "anilist"), ("OAUTH_AUTHORIZE_URL", ""), ("OAUTH_API_URL", ""), ("OAUTH_REVOKE_URL", "")];
    let mut visit = Visit::with(&anilist).await;
    visit.provider.answers("/me", 200, r#"{"data":{"Viewer":{"name":"Demo"}}}"#);
    let body = json!({ "provider": "anilist", "code": "c", "redirect_uri": "https://app.example/auth" });
    let request = visit.request(Method::POST, "/api/token", None, Some(&body));
    assert_eq!(visit.send(request).await.json()["profile"], json!({ "name": "Demo" }));
    let asked = visit.provider.asked();
    let [_, profile] = &asked[..] else { panic!("{asked:?}") };
    for part in [
        "POST /me HTTP/1.1\r\n",
        "authorization: Bearer hush-access-0\r\n",
        "referer: https://app.example/\r\n",
        "accept: application/json\r\n",
        "accept-encoding: identity\r\n",
        "user-agent: aniapi-login/",
        "content-type: application/json\r\n",
        r#"{"query":"{Viewer{name avatar{large}}}"}"#,
    ] {
        assert!(profile.contains(part), "{part} in {profile}");
    }
    visit.provider.answers("/me", 400, r#"{"errors":[{"message":"Invalid token"}]}"#);
    let request = visit.request(Method::POST, "/api/token", None, Some(&body));
    assert_eq!(visit.send(request).await.json()["profile_error"], "refused", "this is how AniList rejects a token");
}

#[tokio::test]
async fn without_a_profile_address_there_is_no_profile_and_no_error() {
    let mut visit = Visit::with(&[("OAUTH_PROFILE_URL", "")]).await;
    let session = visit.login().await.json();
    assert_eq!((&session["profile"], session.get("profile_error")), (&Value::Null, None));
    assert_eq!(visit.provider.asked_for(), ["POST /token"]);
}

#[tokio::test]
async fn long_names_are_cut_and_long_picture_urls_omitted() {
    let mut visit = Visit::cookie().await;
    let profile = json!({ "name": "é".repeat(300), "picture": format!("https://p.example/{}", "x".repeat(1000)) });
    visit.provider.answers("/me", 200, &profile.to_string());
    assert_eq!(visit.login().await.json()["profile"], json!({ "name": "é".repeat(200) }));
}

#[tokio::test]
async fn failed_login_sets_no_cookie() {
    let mut visit = Visit::cookie().await;
    visit.provider.answers("/token", 400, r#"{"error":"invalid_grant"}"#);
    visit.login().await.assert_refusal(400, "invalid_code", "login", "a bad code");
    visit.provider.answers("/token", 200, &TOKEN.replace("hush-access-0", &"x".repeat(8000)));
    visit.login().await.assert_refusal(502, "session_too_large", "no", "a token that does not fit");
    assert!(visit.session().await.is_null());
}
