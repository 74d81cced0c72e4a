//! `DELETE /api/session`: it clears the cookies, and revokes the tokens if the provider supports that.

use http::Method;
use serde_json::{Value, json};

use crate::session_bench::{COOKIE, Visit, now, set_cookies};

fn cleared() -> [String; 2] {
    ["", "-1"].map(|end| format!("{COOKIE}{end}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"))
}

#[tokio::test]
async fn logging_out_clears_both_cookies_and_revokes_the_refresh_token() {
    let mut visit = Visit::cookie().await;
    let id = visit.signed_in().await;
    let answer = visit.delete(&id).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    assert_eq!(set_cookies(&answer), cleared(), "both, whether or not they were sent");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let asked = visit.provider.asked();
    let [revocation] = &asked[..] else { panic!("one request, not {asked:?}") };
    assert!(revocation.starts_with("POST /revoke HTTP/1.1\r\n"), "{revocation}");
    assert!(revocation.contains("\r\nauthorization: Basic YW4taWQ6aHVzaC1zZWNyZXQ=\r\n"), "{revocation}");
    assert!(revocation.ends_with("\r\n\r\ntoken=hush-refresh-0&token_type_hint=refresh_token"), "{revocation}");
    assert!(visit.session().await.is_null());
}

#[tokio::test]
async fn access_token_is_revoked_if_there_is_no_refresh_token() {
    let mut visit = Visit::cookie().await;
    let id = visit.came_back(now(), Some(60), None);
    assert_eq!(visit.delete(&id).await.status, 204);
    assert!(visit.provider.asked()[0].ends_with("\r\n\r\ntoken=hush-access&token_type_hint=access_token"));
}

#[tokio::test]
async fn without_a_session_the_cookies_are_cleared_and_nothing_is_revoked() {
    let mut visit = Visit::cookie().await;
    let answer = visit.delete("any").await;
    assert_eq!((answer.status.as_u16(), set_cookies(&answer)), (204, cleared().into()));
    let over = visit.came_back(now() - 31 * 86_400, None, Some("r"));
    let answer = visit.delete(&over).await;
    assert_eq!((answer.status.as_u16(), set_cookies(&answer)), (204, cleared().into()), "a session that has ended");
    assert!(visit.provider.asked().is_empty());
}

#[tokio::test]
async fn failed_revocation_is_logged_but_does_not_fail_the_request() {
    let mut visit = Visit::cookie().await;
    for (prepare, detail) in [
        ("500", "the provider did not revoke the token"),
        ("gone", "the request to revoke the token failed"),
        ("silent", "the provider took too long to revoke the token"),
    ] {
        let id = visit.signed_in().await;
        match prepare {
            "gone" => visit.provider.is_gone("/revoke"),
            "silent" => visit.provider.says("/revoke", b"HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\n"),
            _ => visit.provider.answers("/revoke", 500, "hush"),
        }
        let answer = visit.delete(&id).await;
        assert_eq!((answer.status.as_u16(), set_cookies(&answer)), (204, cleared().into()), "{prepare}");
        let line = visit.function.last_line();
        assert_eq!((&line["outcome"], &line["detail"]), (&json!("ok"), &json!(detail)), "{line}");
        assert!(line["total_ms"].as_u64().is_some_and(|ms| ms < 5000), "the wait is short: {line}");
    }
    assert!(!visit.function.log().concat().contains("hush"));
}

#[tokio::test]
async fn no_request_is_sent_if_the_provider_cannot_revoke() {
    let mut visit = Visit::with(&[("OAUTH_REVOKE_URL", "")]).await;
    let id = visit.signed_in().await;
    assert_eq!(visit.delete(&id).await.status, 204);
    assert!(visit.provider.asked().is_empty());
}

/// At Google, Discord, Auth0 and Keycloak, a revocation ends other sessions, too.
#[test]
fn presets_do_not_revoke_what_would_end_other_sessions() {
    for id in ["google", "discord", "auth0", "keycloak"] {
        assert_eq!(shared::provider::preset(id).expect("the preset exists").revoke_url, None, "{id}");
    }
}

#[tokio::test]
async fn github_takes_the_access_token_at_its_api() {
    let github =
        [("OAUTH_PROVIDER", "github"), ("OAUTH_AUTHORIZE_URL", ""), ("OAUTH_REVOKE_URL", ""), ("OAUTH_SESSION", "tab")];
    let mut visit = Visit::with(&github).await;
    visit.provider.answers("/api/applications/an-id/token", 204, "");
    let body = json!({ "provider": "github", "access_token": "hush\"t" });
    let request = visit.request(Method::DELETE, "/api/session", None, Some(&body));
    assert_eq!(visit.send(request).await.status, 204);
    let asked = visit.provider.asked();
    let [revocation] = &asked[..] else { panic!("one request, not {asked:?}") };
    assert!(revocation.starts_with("DELETE /api/applications/an-id/token HTTP/1.1\r\n"), "{revocation}");
    assert!(revocation.contains("\r\nauthorization: Basic YW4taWQ6aHVzaC1zZWNyZXQ=\r\n"), "{revocation}");
    assert!(revocation.ends_with("\r\n\r\n{\"access_token\":\"hush\\\"t\"}"), "{revocation}");
}

#[tokio::test]
async fn body_names_the_token_to_revoke_in_tab_mode() {
    let mut visit = Visit::with(&[("OAUTH_SESSION", "tab")]).await;
    let delete = |visit: &Visit, body: Option<&Value>| visit.request(Method::DELETE, "/api/session", None, body);
    let request = delete(&visit, None);
    let answer = visit.send(request).await;
    assert_eq!((answer.status.as_u16(), set_cookies(&answer).len()), (204, 0));
    assert!(visit.provider.asked().is_empty(), "no token is revoked without a body");

    let body = json!({ "provider": "oauth2", "access_token": "hush-t" });
    let request = delete(&visit, Some(&body));
    let answer = visit.send(request).await;
    assert_eq!((answer.status.as_u16(), set_cookies(&answer).len()), (204, 0));
    assert!(visit.provider.asked()[0].ends_with("token=hush-t&token_type_hint=access_token"));
    for body in [
        json!({}),
        json!({ "provider": "oauth2" }),
        json!({ "provider": "other", "access_token": "t" }),
        json!({ "provider": "oauth2", "access_token": "" }),
        json!({ "provider": "oauth2", "access_token": "a b" }),
        json!({ "provider": "oauth2", "access_token": "t", "more": 1 }),
    ] {
        let request = delete(&visit, Some(&body));
        visit.send(request).await.assert_refusal(400, "invalid_request", "no", &body.to_string());
    }
    let large = json!({ "provider": "oauth2", "access_token": "x".repeat(10_000) });
    let request = delete(&visit, Some(&large));
    assert_eq!(visit.send(request).await.status, 204, "a token may be long");
}
