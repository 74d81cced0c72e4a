//! The lifetime of a session: it counts from the login, and renewals do not extend it.

use http::Method;
use serde_json::json;

use crate::session_bench::{COOKIE, TOKEN, Visit, now, set_cookies};

const DAY: u64 = 86_400;

#[tokio::test]
async fn absolute_limit_counts_from_the_login() {
    for (days, age, is_over) in [
        ("30", 0, false),
        ("30", 29 * DAY, false),
        ("30", 30 * DAY, true),
        ("400", 399 * DAY, false),
        ("400", 400 * DAY, true),
        ("1", DAY, true),
        ("0", DAY - 60, false),
        ("0", DAY, true),
    ] {
        let mut visit = Visit::with(&[("OAUTH_SESSION_DAYS", days)]).await;
        let id = visit.came_back(now() - age, Some(60), Some("hush-refresh"));
        assert_eq!(visit.session().await.is_null(), is_over, "{days} days, {age} s old");
        let answer = visit.post(&id, json!({ "renewals": 3 })).await;
        if is_over {
            answer.assert_refusal(401, "invalid_session", "login", days);
            assert!(visit.provider.asked().is_empty(), "{days}");
        } else {
            let limit = days.parse::<u64>().expect("a valid number").max(1) * DAY - age;
            let left = answer.json()["session"]["ends_in"].as_u64().expect("a valid number");
            assert!((limit - 30..=limit).contains(&left), "a renewal does not extend it: {left}");
            let max_age = format!("; Max-Age={left}");
            assert_eq!(set_cookies(&answer)[0].ends_with(&max_age), days != "0", "{days}");
        }
    }
}

#[tokio::test]
async fn shorter_limit_ends_older_sessions() {
    let mut visit = Visit::cookie().await;
    visit.came_back(now() - 10 * DAY, None, None);
    assert!(!visit.session().await.is_null());
    visit.redeploy(&[("OAUTH_SESSION_DAYS", "7")]).await;
    assert!(visit.session().await.is_null());
}

#[tokio::test]
async fn session_without_refresh_token_ends_with_its_access_token() {
    let mut visit = Visit::cookie().await;
    visit.provider.answers("/token", 200, r#"{"access_token":"t","expires_in":60}"#);
    let answer = visit.login().await;
    assert_eq!((&answer.json()["ends_in"], &answer.json()["renewable"]), (&json!(60), &json!(false)));
    assert!(set_cookies(&answer)[0].ends_with("; Max-Age=60"));
    for (ends_in, refresh_token, is_over) in
        [(60, None, false), (0, None, true), (-60, None, true), (-60, Some("hush"), false)]
    {
        visit.came_back(now() - DAY, Some(ends_in), refresh_token);
        assert_eq!(visit.session().await.is_null(), is_over, "{ends_in} {refresh_token:?}");
    }
}

#[tokio::test]
async fn expired_access_token_is_omitted_and_can_be_renewed() {
    let mut visit = Visit::cookie().await;
    let id = visit.came_back(now(), Some(0), Some("hush-refresh"));
    let session = visit.session().await;
    assert_eq!((session.get("access_token"), session.get("expires_in")), (None, None));
    assert_eq!(session["renewable"], true);
    visit.provider.answers("/token", 200, TOKEN);
    assert_eq!(visit.post(&id, json!({ "renewals": 3 })).await.json()["session"]["access_token"], "hush-access-0");
}

#[tokio::test]
async fn cookie_ends_with_the_browser_if_days_is_zero() {
    let mut visit = Visit::with(&[("OAUTH_SESSION_DAYS", "0")]).await;
    let answer = visit.login().await;
    assert_eq!(answer.json()["ends_in"], DAY);
    assert!(set_cookies(&answer)[0].ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"), "no Max-Age");
}

#[tokio::test]
async fn login_time_in_the_future_does_not_extend_a_session() {
    let mut visit = Visit::cookie().await;
    visit.came_back(now() + 3600, None, None);
    assert_eq!(visit.session().await["ends_in"], 30 * DAY);
}

/// This test writes the cookie's format independently of the function, because later versions must be able to read it.
#[tokio::test]
async fn cookie_has_the_documented_format() {
    let mut visit = Visit::cookie().await;
    visit.came_back(now(), None, None);
    let value = visit.jar.value().to_owned();
    assert!(value.starts_with("11"));
    for format in ["0", "2", "9", "A"] {
        visit.jar.0.insert(COOKIE.into(), format!("{format}{}", &value[1..]));
        assert!(visit.session().await.is_null(), "format {format}");
    }
    let request = visit.request(Method::HEAD, "/api/session", None, None);
    assert!(visit.send(request).await.body.is_empty());
}
