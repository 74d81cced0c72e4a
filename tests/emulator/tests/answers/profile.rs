//! AniAPI's profile, as a page of another origin requests it.

use std::time::Duration;

use emulator::aniapi::Emulator;
use serde_json::json;

use crate::http::{Answer, Browser};

const UNAUTHENTICATED: &str = "You need to authenticate yourself to have access on this path";

async fn who_am_i(emulator: &Emulator, authorization: &str) -> Answer {
    let headers = [("authorization", authorization), ("origin", "https://app.example")];
    Browser::new().send("GET", &emulator.profile_url(), &headers, "").await
}

fn bearer(emulator: &Emulator, email: &str) -> String {
    format!("Bearer {}", emulator.issue_token(email))
}

#[tokio::test]
async fn valid_token_returns_the_profile_to_any_origin() {
    let emulator = crate::emulator().await;
    let answer = who_am_i(&emulator, &bearer(&emulator, "demo@aniapi.test")).await;

    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(
        answer.json(),
        json!({
            "status_code": 200,
            "message": "Hi demo",
            "data": {
                "username": "demo",
                "email": "demo@aniapi.test",
                "email_verified": true,
                "role": 0,
                "gender": 0,
                "avatar": format!("{}/avatars/demo.svg", emulator.url()),
                "localization": "en",
                "has_anilist": false,
                "has_mal": false,
                "id": 1,
            },
            "version": "1",
        })
    );
}

#[tokio::test]
async fn missing_profile_data_is_left_out() {
    let emulator = crate::emulator().await;
    let answer = who_am_i(&emulator, &bearer(&emulator, "moderator@aniapi.test")).await;

    let profile = &answer.json()["data"];
    assert_eq!(profile["role"], 1);
    for name in ["avatar", "localization"] {
        assert_eq!(profile.get(name), None, "{name}");
    }
}

#[tokio::test]
async fn invalid_token_is_a_401_that_pages_can_read() {
    let emulator = crate::emulator().await;
    let good = bearer(&emulator, "demo@aniapi.test");
    let unsigned = good.rsplit_once('.').expect("a JWT").0.to_owned() + ".";
    for authorization in ["", "Bearer", "Bearer x.y.z", &good[7..], &unsigned] {
        let answer = who_am_i(&emulator, authorization).await;
        assert_eq!(answer.status, 401, "{authorization}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(
            answer.json(),
            json!({
                "status_code": 401,
                "message": "Not authorized",
                "data": UNAUTHENTICATED,
                "version": "1",
            })
        );
    }
}

#[tokio::test]
async fn a_token_expires_after_thirty_days() {
    let emulator = crate::emulator().await;
    let authorization = bearer(&emulator, "demo@aniapi.test");
    emulator.advance(Duration::from_secs(30 * 86_400));

    let answer = who_am_i(&emulator, &authorization).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["data"], UNAUTHENTICATED);
}

#[tokio::test]
async fn unverified_email_is_reported_with_401() {
    let emulator = crate::emulator().await;
    let answer = who_am_i(&emulator, &bearer(&emulator, "unverified@aniapi.test")).await;

    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.json()["status_code"], 401);
    assert_eq!(answer.json()["data"], "You need to verify your email first");
}

#[tokio::test]
async fn a_preflight_allows_the_authorization_header() {
    let emulator = crate::emulator().await;
    let headers = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "authorization"),
    ];
    let answer = Browser::new().send("OPTIONS", &emulator.profile_url(), &headers, "").await;

    assert_eq!(answer.status, 204);
    for (name, value) in [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "GET"),
        ("access-control-allow-headers", "authorization"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn avatar_can_be_embedded_anywhere() {
    let emulator = crate::emulator().await;
    let url = format!("{}/avatars/demo.svg", emulator.url());
    let answer = Browser::new().get(&url).await;

    assert_eq!(answer.status, 200);
    for (name, value) in [
        ("content-type", "image/svg+xml"),
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
}
