//! The token itself: characters that browsers cannot send, and implausible expiry times.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use emulator::aniapi::{Endpoint, Fault};
use serde_json::json;

use crate::bench::{Answer, Bench, MONTH};

/// Ten years of 365 days, in seconds.
const TEN_YEARS: u64 = 315_360_000;

async fn answer_to(bench: &Bench, token: &str) -> Answer {
    let body = json!({ "status_code": 200, "data": token }).to_string().into_bytes();
    bench.emulator.reset();
    bench.emulator.misbehave(Endpoint::Token, Fault::Raw { status: 200, headers: vec![], body });
    let answer = bench.call(bench.token_request()).await;
    assert_eq!(bench.emulator.seen().len(), 1, "one request: {token}");
    answer
}

fn jwt(claims: &str) -> String {
    format!("h.{}.s", BASE64_URL_SAFE_NO_PAD.encode(claims))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is after 1970").as_secs()
}

#[tokio::test]
async fn token_with_an_invalid_character_is_a_bad_response() {
    let bench = Bench::start().await;
    let visible: String = ('!'..='~').collect();
    assert_eq!(answer_to(&bench, &visible).await.json()["access_token"], visible);
    let bad = (0..=' ' as u32).chain(0x7f..0xa1).chain([0x131, 0x2028, 0xfeff, 0xfffd, 0x1f363]);
    for character in bad.filter_map(char::from_u32) {
        for token in [format!("theirs{character}"), format!("{character}theirs"), format!("the{character}irs")] {
            let answer = answer_to(&bench, &token).await;
            answer.assert_refusal(502, "provider_bad_response", "later", &format!("{token:?}"));
        }
    }
}

#[tokio::test]
async fn implausible_expiry_is_a_bad_response() {
    let bench = Bench::start().await;
    let now = now();
    for claims in [
        format!(r#"{{"exp":{now}}}"#),
        format!(r#"{{"exp":{}}}"#, now - 1),
        format!(r#"{{"exp":{now}.5}}"#),
        // A minute too late, which is longer than this test takes.
        format!(r#"{{"exp":{}}}"#, now + TEN_YEARS + 60),
        format!(r#"{{"exp":{}}}"#, (now + 3600) * 1000),
        format!(r#"{{"exp":"{}"}}"#, now + 3600),
        format!(r#"{{"exp":[{}]}}"#, now + 3600),
        format!(r#"{{"exp":{{"at":{}}}}}"#, now + 3600),
        format!(r#"{{"exp":{0},"exp":{0}}}"#, now + 3600),
        format!(r#"{{"exp":{0},"\u0065xp":{0}}}"#, now + 3600),
        r#"{"exp":null}"#.into(),
        r#"{"exp":true}"#.into(),
        r#"{"exp":0}"#.into(),
        r#"{"exp":-1}"#.into(),
        r#"{"exp":-0.0}"#.into(),
        r#"{"exp":1e300}"#.into(),
        r#"{"exp":-1e300}"#.into(),
        r#"{"exp":1e999}"#.into(),
        r#"{"exp":18446744073709551616}"#.into(),
    ] {
        let answer = answer_to(&bench, &jwt(&claims)).await;
        answer.assert_refusal(502, "provider_bad_response", "later", &claims);
    }
}

#[tokio::test]
async fn plausible_expiry_is_returned_in_whole_seconds() {
    let bench = Bench::start().await;
    let now = now();
    for (claims, life) in [
        (format!(r#"{{"exp":{}}}"#, now + 3600), 3600),
        (format!(r#"{{"exp":{}.999}}"#, now + 3600), 3600),
        (format!(r#"{{"exp":{}e0}}"#, now + 3600), 3600),
        (format!(r#" {{"id":"7","e\u0078p":{},"Exp":0,"nbf":"theirs"}} "#, now + 3600), 3600),
        (format!(r#"{{"exp":{}}}"#, now + TEN_YEARS), TEN_YEARS),
    ] {
        let answer = answer_to(&bench, &jwt(&claims)).await;
        let left = answer.json()["expires_in"].as_u64().expect("a valid number");
        let passed = self::now() - now;
        assert!((life - passed..=life).contains(&left), "{claims}: {left}");
    }
}

#[tokio::test]
async fn token_without_a_readable_expiry_is_accepted() {
    let bench = Bench::start().await;
    let good = BASE64_URL_SAFE_NO_PAD.encode(r#"{"exp":0}"#);
    for token in [
        jwt("{}"),
        jwt(r#"{"EXP":0}"#),
        jwt("[0]"),
        jwt("theirs"),
        jwt(r#"{"exp":0"#),
        jwt(""),
        format!("h.{good}"),
        format!("h.{good}.s.x.y"),
        format!("h.{good}=.s"),
        format!("{good}.h.s"),
        "..".into(),
        "a".repeat(60_000),
    ] {
        let answer = answer_to(&bench, &token).await;
        assert_eq!(answer.json(), json!({ "access_token": token, "token_type": "Bearer", "ends_in": MONTH }));
    }
}
