//! The platform's own deadline: what is left of it is kept for our answer.

use crate::api::{Platform, Told, event, in_ms, token_event};
use crate::upstream::Upstream;

fn status(told: Told) -> u64 {
    match told {
        Told::Response(answer) => answer["statusCode"].as_u64().expect("an answer has a status"),
        Told::Error(error) => panic!("{error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_time_is_left_nothing_is_sent() {
    let upstream = Upstream::start().await;
    let mut platform = Platform::with_provider(&upstream.address).await;
    for left in [-3_600_000, -1, 0, 100, 240] {
        let told = platform.invoke_until(&token_event("good").to_string(), &in_ms(left)).await;
        assert_eq!(status(told), 504, "{left} ms left");
        let told = platform.invoke_until(&event("GET", "/api/health").to_string(), &in_ms(left)).await;
        assert_eq!(status(told), 204, "{left} ms left, and nothing to ask");
    }
    assert!(upstream.seen().is_empty(), "{:?}", upstream.seen());
    assert_eq!(platform.request(&token_event("good")).await, 200, "with time it works");
    assert_eq!(upstream.seen().len(), 1);
    let output = platform.output();
    assert_eq!(output.matches(r#""outcome":"provider_timeout","status":504"#).count(), 5, "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_provider_is_left_before_the_platform_ends_us() {
    let upstream = Upstream::start().await;
    let mut platform = Platform::with_provider(&upstream.address).await;
    for code in ["silent-1", "slow-1"] {
        let told = platform.invoke_until(&token_event(code).to_string(), &in_ms(400)).await;
        assert_eq!(status(told), 504, "{code}");
    }
    assert_eq!(upstream.seen(), ["silent-1", "slow-1"]);
}

/// A deadline that cannot be the time is none, as `cargo lambda watch` sends one: the configured time counts.
#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_that_makes_no_sense_is_none() {
    let upstream = Upstream::start().await;
    let mut platform = Platform::with_provider(&upstream.address).await;
    for deadline in ["0", "600", "9223372036854775807", "18446744073709551615"] {
        let told = platform.invoke_until(&token_event("good").to_string(), deadline).await;
        assert_eq!(status(told), 200, "{deadline}");
    }
}
