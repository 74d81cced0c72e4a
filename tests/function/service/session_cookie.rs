//! The cookie: which values can be opened, and how long sessions are split over two cookies.

use http::{HeaderValue, Method, header};
use serde_json::json;

use crate::session_bench::{COOKIE, TOKEN, Visit, set_cookies};

/// Whether this `Cookie` header contains a session that can be opened.
async fn opens(visit: &mut Visit, cookies: &str) -> bool {
    let mut request = visit.request(Method::GET, "/api/session", None, None);
    request.headers_mut().insert(header::COOKIE, HeaderValue::from_str(cookies).expect("a valid value"));
    let answer = visit.function.call(request).await;
    assert_eq!((answer.status.as_u16(), set_cookies(&answer).len()), (200, 0), "{cookies}");
    !answer.json()["session"].is_null()
}

fn token_of(len: usize) -> String {
    TOKEN.replace("hush-access-0", &"x".repeat(len))
}

#[tokio::test]
async fn changed_or_truncated_cookie_is_no_session() {
    let mut visit = Visit::cookie().await;
    visit.signed_in().await;
    let value = visit.jar.value().to_owned();
    assert!(opens(&mut visit, &format!("{COOKIE}={value}")).await);
    for at in 0..value.len() {
        let mut changed = value.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("the cookie is ASCII");
        assert!(!opens(&mut visit, &format!("{COOKIE}={changed}")).await, "character {at}");
        assert!(!opens(&mut visit, &format!("{COOKIE}={}", &value[..at])).await, "the first {at} characters");
    }
    for other in [format!("{value}A"), format!("{value}="), format!("2{}", &value[1..]), format!("\"{value}\"")] {
        assert!(!opens(&mut visit, &format!("{COOKIE}={other}")).await, "{other}");
    }
    for name in ["session", "__Host-session", "__host-http-session", "__Host-Http-session-1", "x__Host-Http-session"] {
        assert!(!opens(&mut visit, &format!("{name}={value}")).await, "{name}");
    }
}

#[tokio::test]
async fn first_cookie_that_opens_counts_if_a_name_occurs_twice() {
    let mut visit = Visit::cookie().await;
    let one = visit.signed_in().await;
    let first = visit.jar.value().to_owned();
    let other = visit.signed_in().await;
    let second = visit.jar.value().to_owned();
    for (cookies, id) in [
        (format!("{COOKIE}={first}; {COOKIE}={second}"), &one),
        (format!("{COOKIE}={second}; {COOKIE}={first}"), &other),
        (format!("{COOKIE}=11junk; {COOKIE}; {COOKIE}=; {COOKIE}={first}"), &one),
        (format!("a=b;{COOKIE}={first};{COOKIE}=11junk; {COOKIE}-1=x"), &one),
    ] {
        let mut request = visit.request(Method::GET, "/api/session", None, None);
        request.headers_mut().insert(header::COOKIE, cookies.parse().expect("a valid value"));
        assert_eq!(visit.function.call(request).await.json()["session"]["id"], **id, "{cookies}");
    }
    let mut request = visit.request(Method::GET, "/api/session", None, None);
    request.headers_mut().remove(header::COOKIE);
    for value in ["a=é".as_bytes(), format!("{COOKIE}={first}").as_bytes()] {
        request.headers_mut().append(header::COOKIE, HeaderValue::from_bytes(value).expect("a valid value"));
    }
    assert_eq!(visit.function.call(request).await.json()["session"]["id"], one, "in a separate header");
}

#[tokio::test]
async fn large_tokens_take_two_cookies_and_smaller_ones_clear_the_second() {
    let mut visit = Visit::cookie().await;
    visit.provider.answers("/token", 200, &token_of(4000));
    let answer = visit.login().await;
    let cookies = set_cookies(&answer);
    let [first, second] = &cookies[..] else { panic!("two cookies, not {}", cookies.len()) };
    assert!(first.starts_with(&format!("{COOKIE}=12")) && second.starts_with(&format!("{COOKIE}-1=")));
    for cookie in &cookies {
        let value = cookie.split(['=', ';']).nth(1).expect("a cookie has a value");
        assert!(value.len() <= 3800 && cookie.len() < 4096, "{}", cookie.len());
        assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=2592000"), "{cookie}");
    }
    let id = answer.json()["id"].as_str().expect("a session has an id").to_owned();
    assert_eq!(visit.session().await["access_token"].as_str().map(str::len), Some(4000));

    let (one, two) = (visit.jar.value().to_owned(), visit.jar.0[&format!("{COOKIE}-1")].clone());
    assert!(!opens(&mut visit, &format!("{COOKIE}={one}")).await, "only the first part");
    assert!(!opens(&mut visit, &format!("{COOKIE}={two}; {COOKIE}-1={one}")).await, "swapped parts");
    assert!(opens(&mut visit, &format!("{COOKIE}-1=junk; {COOKIE}-1={two}; {COOKIE}={one}")).await);

    visit.provider.answers("/token", 200, &token_of(100));
    let renewed = visit.post(&id, json!({ "renewals": 0 })).await;
    let cookies = set_cookies(&renewed);
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    assert_eq!(cookies[1], format!("{COOKIE}-1=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"));
    assert_eq!(visit.jar.0.len(), 1);
    assert_eq!(visit.session().await["renewals"], 1);
    let again = visit.post(&id, json!({ "renewals": 1 })).await;
    assert_eq!(set_cookies(&again).len(), 1, "the second cookie is already gone");
}

#[tokio::test]
async fn profile_is_left_out_if_it_does_not_fit() {
    let mut visit = Visit::cookie().await;
    let profile = json!({ "name": "x".repeat(200), "picture": format!("https://p.example/{}", "x".repeat(900)) });
    visit.provider.answers("/me", 200, &profile.to_string());
    visit.provider.answers("/token", 200, &token_of(5000));
    let session = visit.login().await.json();
    assert_eq!((&session["profile"], &session["profile_error"]), (&json!(null), &json!("unavailable")));
    assert_eq!(visit.session().await, session, "the cookie has the same session");
}

#[tokio::test]
async fn renewal_whose_result_does_not_fit_clears_the_cookie() {
    let mut visit = Visit::cookie().await;
    let id = visit.signed_in().await;
    visit.provider.answers("/token", 200, &token_of(8000));
    let answer = visit.post(&id, json!({ "renewals": 0 })).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["error"]), (502, &json!("session_too_large")));
    assert_eq!(answer.json()["retry"], "no");
    let cleared = set_cookies(&answer);
    assert!(cleared.len() == 2 && cleared.iter().all(|cookie| cookie.ends_with("; Max-Age=0")), "{cleared:?}");
    assert!(visit.session().await.is_null());
}

#[tokio::test]
async fn cookie_on_a_loopback_host_has_the_port_in_its_name_and_no_prefix() {
    let local = [("OAUTH_REDIRECT_URIS", "http://localhost:3100/auth,http://127.0.0.1:3200/auth")];
    let mut visit = Visit::with(&local).await;
    let body = json!({
        "provider": "oauth2", "code": "c", "redirect_uri": "http://localhost:3100/auth",
        "code_verifier": crate::server::VERIFIER,
    });
    let mut request = visit.request(Method::POST, "/api/token", None, Some(&body));
    request.headers_mut().insert(header::ORIGIN, HeaderValue::from_static("http://localhost:3100"));
    let [cookie] = &set_cookies(&visit.send(request).await)[..] else { panic!("one cookie") };
    assert!(cookie.starts_with("session-3100=11"), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000"), "{cookie}");
    assert!(!visit.session().await.is_null());
}

#[tokio::test]
async fn cookies_of_two_logins_do_not_combine() {
    let mut visit = Visit::cookie().await;
    visit.provider.answers("/token", 200, &token_of(4000));
    visit.signed_in().await;
    let old = visit.jar.clone();
    visit.signed_in().await;
    // The first cookie of one session, and the second of the other.
    let mixed = format!("{COOKIE}={}; {COOKIE}-1={}", old.value(), visit.jar.0[&format!("{COOKIE}-1")]);
    assert!(!opens(&mut visit, &mixed).await);
}
