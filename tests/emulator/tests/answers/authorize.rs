//! The authorization endpoint: valid authorization requests, and the errors for others.

use emulator::aniapi::{CLIENT_ID, CLIENT_SECRET, Emulator, Options, PEOPLE, REDIRECT_URI};

use crate::emulator_with;
use crate::http::{Browser, with_query};

const VALID: [(&str, &str); 4] =
    [("response_type", "code"), ("client_id", CLIENT_ID), ("redirect_uri", REDIRECT_URI), ("state", "a-state")];

/// A valid request with one parameter changed or removed.
fn request(emulator: &Emulator, name: &str, value: Option<&str>) -> String {
    let pairs: Vec<_> = VALID
        .into_iter()
        .filter_map(|(known, valid)| {
            let value = if known == name { value } else { Some(valid) };
            value.map(|value| (known, value))
        })
        .collect();
    with_query(&emulator.authorize_url(), &pairs)
}

#[tokio::test]
async fn valid_request_gets_the_login_page() {
    let emulator = crate::emulator().await;
    let answer = Browser::new().get(&with_query(&emulator.authorize_url(), &VALID)).await;

    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    for id in ["email", "password", "login", "errors"] {
        assert!(answer.text().contains(&format!("id=\"{id}\"")), "#{id}");
    }
}

#[tokio::test]
async fn login_page_identifies_the_emulator_and_lists_demo_logins() {
    let emulator = crate::emulator().await;
    let answer = Browser::new().get(&with_query(&emulator.authorize_url(), &VALID)).await;

    assert!(answer.text().contains("This is not AniAPI"));
    for person in &PEOPLE {
        assert!(answer.text().contains(person.email), "{}", person.email);
    }
}

#[tokio::test]
async fn pending_request_has_an_http_only_session_cookie() {
    let emulator = crate::emulator().await;
    let answer = Browser::new().get(&with_query(&emulator.authorize_url(), &VALID)).await;

    let cookie = answer.header("set-cookie").expect("a cookie is set");
    let attributes: Vec<_> = cookie.split("; ").skip(1).collect();
    assert_eq!(attributes, ["Path=/", "HttpOnly", "SameSite=Lax"]);
}

#[tokio::test]
async fn missing_parameter_is_a_plain_text_400() {
    let emulator = crate::emulator().await;
    for (name, _) in VALID {
        for value in [None, Some("")] {
            let answer = Browser::new().get(&request(&emulator, name, value)).await;
            assert_eq!(answer.status, 400, "{name}: {value:?}");
            assert_eq!(answer.text(), "missing required field");
            assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
            assert_eq!(answer.header("set-cookie"), None);
        }
    }
}

#[tokio::test]
async fn status_depends_on_the_invalid_parameter() {
    let emulator = crate::emulator().await;
    let not_expected = "response_type content not expected";
    for (name, value, status, text) in [
        ("response_type", "id_token", 400, not_expected),
        ("response_type", "Code", 400, not_expected),
        ("client_id", CLIENT_SECRET, 404, ""),
        ("client_id", "no-guid", 500, ""),
        ("redirect_uri", "http://localhost:3000/auth/", 500, ""),
        ("redirect_uri", "HTTP://localhost:3000/auth", 500, ""),
        ("redirect_uri", "http://127.0.0.1:3000/auth", 500, ""),
    ] {
        let answer = Browser::new().get(&request(&emulator, name, Some(value))).await;
        assert_eq!(answer.status, status, "{name}={value}");
        assert_eq!(answer.text(), text, "{name}={value}");
        assert_eq!(answer.header("set-cookie"), None, "{name}={value}");
    }
}

#[tokio::test]
async fn both_response_types_are_accepted_and_a_guid_in_either_case() {
    let emulator = crate::emulator().await;
    for (name, value) in [("response_type", "token".to_owned()), ("client_id", CLIENT_ID.to_uppercase())] {
        let answer = Browser::new().get(&request(&emulator, name, Some(&value))).await;
        assert_eq!(answer.status, 200, "{name}={value}");
    }
}

#[tokio::test]
async fn registered_redirect_uri_is_configurable() {
    let redirect_uri = "https://app.example/auth/";
    let emulator = emulator_with(Options { redirect_uri: redirect_uri.to_owned(), ..Options::default() }).await;

    for (value, status) in [(redirect_uri, 200), (REDIRECT_URI, 500)] {
        let answer = Browser::new().get(&request(&emulator, "redirect_uri", Some(value))).await;
        assert_eq!(answer.status, status, "{value}");
    }
}
