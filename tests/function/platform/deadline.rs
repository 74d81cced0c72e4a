//! The platform's own deadline: a part of the remaining time is reserved for our response.

use crate::api::{Platform, Reply, event, in_ms, token_event};
use crate::upstream::Upstream;

fn status(reply: Reply) -> u64 {
    match reply {
        Reply::Response(answer) => answer["statusCode"].as_u64().expect("a response has a status"),
        Reply::Error(error) => panic!("{error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_if_no_time_is_left() {
    let upstream = Upstream::start().await;
    let mut platform = Platform::with_provider(&upstream.address).await;
    for left in [-3_600_000, -1, 0, 100, 240] {
        let reply = platform.invoke_until(&token_event("good").to_string(), &in_ms(left)).await;
        assert_eq!(status(reply), 504, "{left} ms left");
        let reply = platform.invoke_until(&event("GET", "/api/health").to_string(), &in_ms(left)).await;
        assert_eq!(status(reply), 204, "{left} ms left, and no request to send");
    }
    assert!(upstream.seen().is_empty(), "{:?}", upstream.seen());
    assert_eq!(platform.request(&token_event("good")).await, 200, "it works with enough time");
    assert_eq!(upstream.seen().len(), 1);
    let output = platform.output();
    assert_eq!(output.matches(r#""outcome":"provider_timeout","status":504"#).count(), 5, "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_provider_times_out_before_the_invocation_does() {
    let upstream = Upstream::start().await;
    let mut platform = Platform::with_provider(&upstream.address).await;
    for code in ["silent-1", "slow-1"] {
        let reply = platform.invoke_until(&token_event(code).to_string(), &in_ms(400)).await;
        assert_eq!(status(reply), 504, "{code}");
    }
    assert_eq!(upstream.seen(), ["silent-1", "slow-1"]);
}

/// A deadline that cannot be a real one is ignored, such as that of `cargo lambda watch`: the configured timeout
/// applies.
#[tokio::test(flavor = "multi_thread")]
async fn implausible_deadline_is_ignored() {
    let upstream = Upstream::start().await;
    let mut platform = Platform::with_provider(&upstream.address).await;
    for deadline in ["0", "600", "9223372036854775807", "18446744073709551615"] {
        let reply = platform.invoke_until(&token_event("good").to_string(), deadline).await;
        assert_eq!(status(reply), 200, "{deadline}");
    }
}
