//! The exchange of a code for a token at AniAPI.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use emulator::aniapi::{CLIENT_ID, CLIENT_SECRET, Emulator, Options, REDIRECT_URI};
use serde_json::{Value, json};

use crate::http::{Answer, Browser, with_query};
use crate::{A_MOMENT, THREE_MINUTES, emulator_with};

const DEMO: &str = "demo@aniapi.test";

/// Exchanges a code with valid parameters, except those in `changed`.
async fn exchange(emulator: &Emulator, code: &str, changed: &[(&str, Option<&str>)]) -> Answer {
    let pairs: Vec<_> =
        [("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("code", code), ("redirect_uri", REDIRECT_URI)]
            .into_iter()
            .filter_map(|(name, valid)| {
                let changed = changed.iter().find(|(changed, _)| *changed == name);
                let value = changed.map_or(Some(valid), |(_, value)| *value);
                value.map(|value| (name, value))
            })
            .collect();
    let url = with_query(&emulator.token_url(), &pairs);
    Browser::new().post(&url, "").await
}

fn refusal(status: u16, message: &str, data: &str) -> Value {
    json!({"status_code": status, "message": message, "data": data, "version": "1"})
}

fn code_not_valid() -> Value {
    refusal(403, "Forbidden", "code not valid")
}

#[tokio::test]
async fn a_code_is_exchanged_for_a_token() {
    let emulator = crate::emulator().await;
    let answer = exchange(&emulator, &emulator.issue_code(DEMO), &[]).await;

    assert_eq!(answer.status, 200);
    let envelope = answer.json();
    let token = &envelope["data"];
    assert!(token.is_string());
    assert_eq!(envelope, json!({"status_code": 200, "message": "Code verified", "data": token, "version": "1"}));
}

#[tokio::test]
async fn a_token_is_a_jwt_with_an_id_and_an_expiry_in_thirty_days() {
    let emulator = crate::emulator().await;
    let token = emulator.issue_token(DEMO);

    let [header, claims, _] = token
        .split('.')
        .map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url"))
        .collect::<Vec<_>>()
        .try_into()
        .expect("three parts");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    assert_eq!(header, json!({"alg": "HS256", "typ": "JWT"}));
    let exp = claims["exp"].as_u64().expect("a number");
    assert_eq!(claims, json!({"id": "1", "exp": exp}));

    let now = SystemTime::UNIX_EPOCH.elapsed().expect("after 1970");
    let left = exp.abs_diff((now + Duration::from_secs(30 * 86_400)).as_secs());
    assert!(left <= A_MOMENT.as_secs(), "{left} s off");
}

#[tokio::test]
async fn token_lifetime_is_configurable() {
    let emulator = emulator_with(Options { token_lifetime: Duration::from_secs(60), ..Options::default() }).await;
    let authorization = format!("Bearer {}", emulator.issue_token(DEMO));
    let headers = [("authorization", authorization.as_str())];
    let mut browser = Browser::new();

    for status in [200, 401] {
        let answer = browser.send("GET", &emulator.profile_url(), &headers, "").await;
        assert_eq!(answer.status, status);
        emulator.advance(Duration::from_secs(60));
    }
}

#[tokio::test]
async fn code_can_be_exchanged_repeatedly_for_the_same_token() {
    let emulator = crate::emulator().await;
    let code = emulator.issue_code(DEMO);
    let first = exchange(&emulator, &code, &[]).await.json();

    emulator.advance(A_MOMENT);
    let second = exchange(&emulator, &code, &[]).await.json();
    assert_eq!(first, second);
    assert_eq!(emulator.exchanges(), 2);
}

#[tokio::test]
async fn code_is_valid_for_three_minutes() {
    let emulator = crate::emulator().await;
    let code = emulator.issue_code(DEMO);

    emulator.advance(THREE_MINUTES - A_MOMENT);
    let envelope = exchange(&emulator, &code, &[]).await.json();
    assert_eq!(envelope["message"], "Code verified");

    emulator.advance(A_MOMENT);
    let envelope = exchange(&emulator, &code, &[]).await.json();
    assert_eq!(envelope, code_not_valid());
}

#[tokio::test]
async fn rejected_exchange_has_http_200_and_a_reason_in_the_envelope() {
    let emulator = crate::emulator().await;
    let code = emulator.issue_code(DEMO);
    let missing = refusal(400, "Bad request", "Missing required field");
    let other_secret = "client_secret content mismatch from registered client";
    let other_redirect = "redirect_uri content mismatch from registered client";

    for (name, value, expected) in [
        ("client_id", None, missing.clone()),
        ("client_secret", None, missing.clone()),
        ("code", None, missing.clone()),
        ("redirect_uri", Some(""), missing),
        ("client_id", Some(CLIENT_SECRET), refusal(404, "Not found", "client_id not found")),
        ("client_secret", Some(CLIENT_ID), refusal(403, "Forbidden", other_secret)),
        ("redirect_uri", Some("http://localhost:3000/auth/"), refusal(403, "Forbidden", other_redirect)),
        ("code", Some("made-up"), code_not_valid()),
    ] {
        let answer = exchange(&emulator, &code, &[(name, value)]).await;
        assert_eq!(answer.status, 200, "{name}: {value:?}");
        assert_eq!(answer.json(), expected, "{name}: {value:?}");
    }
}

#[tokio::test]
async fn the_checks_of_an_exchange_run_in_aniapis_order() {
    let emulator = crate::emulator().await;
    let faults = [
        ("client_id", Some(CLIENT_SECRET), "client_id not found"),
        ("client_secret", Some(CLIENT_ID), "client_secret content mismatch from registered client"),
        ("redirect_uri", Some("elsewhere"), "redirect_uri content mismatch from registered client"),
        ("code", Some("made-up"), "code not valid"),
    ];
    // At first everything is wrong, then less and less: the first remaining error is reported.
    for first in 0..faults.len() {
        let changed: Vec<_> = faults[first..].iter().map(|(name, value, _)| (*name, *value)).collect();
        let envelope = exchange(&emulator, "unused", &changed).await.json();
        assert_eq!(envelope["data"], faults[first].2);
    }

    let all_but_missing = [("client_id", Some("no-guid")), ("code", None)];
    let envelope = exchange(&emulator, "unused", &all_but_missing).await.json();
    assert_eq!(envelope["data"], "Missing required field");
}

#[tokio::test]
async fn a_malformed_guid_is_a_bare_500() {
    let emulator = crate::emulator().await;
    let code = emulator.issue_code(DEMO);
    for name in ["client_id", "client_secret"] {
        let answer = exchange(&emulator, &code, &[(name, Some("no-guid"))]).await;
        assert!(answer.is_bare(500), "{name}: {answer:?}");
    }
}

#[tokio::test]
async fn parameters_are_read_only_from_the_query() {
    let emulator = crate::emulator().await;
    let code = emulator.issue_code(DEMO);
    let url = with_query(
        "",
        &[("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("code", &code), ("redirect_uri", REDIRECT_URI)],
    );
    let form = ("content-type", "application/x-www-form-urlencoded");
    let answer = Browser::new().send("POST", &emulator.token_url(), &[form], &url[1..]).await;
    assert_eq!(answer.json()["data"], "Missing required field");
}

#[tokio::test]
async fn only_a_post_exchanges() {
    let emulator = crate::emulator().await;
    let answer = Browser::new().get(&emulator.token_url()).await;
    assert_eq!(answer.status, 405);
    assert_eq!(emulator.exchanges(), 0);
}

#[tokio::test]
async fn a_reset_forgets_codes_but_not_tokens() {
    let emulator = crate::emulator().await;
    let code = emulator.issue_code(DEMO);
    let authorization = format!("Bearer {}", emulator.issue_token(DEMO));
    emulator.reset();

    let envelope = exchange(&emulator, &code, &[]).await.json();
    assert_eq!(envelope, code_not_valid());
    let headers = [("authorization", authorization.as_str())];
    let answer = Browser::new().send("GET", &emulator.profile_url(), &headers, "").await;
    assert_eq!(answer.status, 200);
}
