//! The rate limit.

use std::time::Duration;

use emulator::aniapi::{Emulator, Options};

use crate::emulator_with;
use crate::http::{Answer, Browser};

async fn emulator_with_limit(rate_limit: u32) -> Emulator {
    emulator_with(Options { rate_limit, ..Options::default() }).await
}

fn numbers(answer: &Answer) -> [u64; 3] {
    ["limit", "remaining", "reset"].map(|name| {
        let value = answer.header(&format!("x-ratelimit-{name}"));
        value.and_then(|value| value.parse().ok()).expect("every response reports the rate limit")
    })
}

#[tokio::test]
async fn every_response_reports_ninety_requests_per_minute() {
    let emulator = crate::emulator().await;
    let mut browser = Browser::new();
    for (nth, url) in
        [emulator.authorize_url(), emulator.token_url(), emulator.profile_url(), format!("{}/nowhere", emulator.url())]
            .iter()
            .enumerate()
    {
        let [limit, remaining, reset] = numbers(&browser.get(url).await);
        assert_eq!((limit, remaining), (90, 89 - nth as u64), "{url}");
        assert!((50..=60).contains(&reset), "{url}: {reset} s");
    }
}

#[tokio::test]
async fn request_over_the_limit_gets_a_429_that_pages_cannot_read() {
    let emulator = emulator_with_limit(2).await;
    let mut browser = Browser::new();
    for _ in 0..2 {
        let answer = browser.get(&emulator.profile_url()).await;
        assert_eq!(answer.status, 401);
    }

    let answer = browser.get(&emulator.profile_url()).await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.json()["status_code"], 429);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(answer.header("retry-after"), None);
    let [limit, remaining, _] = numbers(&answer);
    assert_eq!((limit, remaining), (2, 0));
}

#[tokio::test]
async fn the_limit_is_lifted_after_a_minute_and_by_a_reset() {
    let emulator = emulator_with_limit(1).await;
    let mut browser = Browser::new();
    let mut status = async || browser.get(&emulator.profile_url()).await.status.as_u16();

    assert_eq!([status().await, status().await], [401, 429]);
    emulator.advance(Duration::from_secs(60));
    assert_eq!([status().await, status().await], [401, 429]);
    emulator.reset();
    assert_eq!([status().await, status().await], [401, 429]);
}

#[tokio::test]
async fn the_avatar_and_the_emulators_own_paths_are_outside_the_limit() {
    let emulator = emulator_with_limit(0).await;
    let mut browser = Browser::new();
    let avatar = format!("{}/avatars/demo.svg", emulator.url());
    assert_eq!(browser.get(&avatar).await.status, 200);

    let reset = format!("{}/_emulator", emulator.url());
    let answer = browser.send("DELETE", &reset, &[], "").await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("x-ratelimit-limit"), None);
}
