//! The deadline: the configured timeout, or the end of the invocation if that is earlier.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use emulator::aniapi::{Endpoint, Fault};
use lambda_http::{Context, RequestExt as _};

use crate::bench::Bench;

fn context(ends_in: Duration) -> Context {
    let mut context = Context::default();
    context.request_id = "the-platforms-id".into();
    let end = SystemTime::now() + ends_in;
    context.deadline = end.duration_since(UNIX_EPOCH).expect("the clock is after 1970").as_millis() as u64;
    context
}

#[tokio::test]
async fn a_provider_that_is_silent_for_too_long_times_out() {
    let bench = Bench::with(&[("OAUTH_TIMEOUT_MS", "100")]).await;
    // The response would be valid, but is too late.
    bench.emulator.misbehave(Endpoint::Token, Fault::Delay(Duration::from_secs(3)));
    bench.call(bench.token_request()).await.assert_refusal(504, "provider_timeout", "later", "silence");
    assert_eq!(bench.emulator.exchanges(), 1);
}

#[tokio::test]
async fn end_of_the_invocation_takes_precedence() {
    // The configured timeout is longer than any test waits.
    let bench = Bench::with(&[("OAUTH_TIMEOUT_MS", "900000")]).await;
    bench.emulator.misbehave(Endpoint::Token, Fault::NeverAnswer);
    let request = bench.token_request().with_lambda_context(context(Duration::from_millis(400)));
    bench.call(request).await.assert_refusal(504, "provider_timeout", "later", "400 ms left");
}

#[tokio::test]
async fn nothing_is_sent_if_no_time_is_left() {
    let bench = Bench::start().await;
    // Opens a connection that the next requests could use.
    assert_eq!(bench.call(bench.token_request()).await.status, 200);
    for left in [0, 100, 200] {
        let request = bench.token_request().with_lambda_context(context(Duration::from_millis(left)));
        bench.call(request).await.assert_refusal(504, "provider_timeout", "later", &format!("{left} ms left"));
    }
    assert_eq!(bench.emulator.seen().len(), 1);
}

/// `cargo lambda watch` has no deadline, and sends a small constant instead.
#[tokio::test]
async fn implausible_deadline_is_ignored() {
    let bench = Bench::start().await;
    let mut context = Context::default();
    context.deadline = 600;
    let answer = bench.call(bench.token_request().with_lambda_context(context)).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn response_has_the_platforms_request_id() {
    let bench = Bench::start().await;
    bench.emulator.misbehave(Endpoint::Token, Fault::Reset);
    let request = bench.token_request().with_lambda_context(context(Duration::from_secs(10)));
    let answer = bench.call(request).await;
    assert_eq!(answer.json()["request_id"], "the-platforms-id");
    assert_eq!(bench.function.last_line()["request_id"], "the-platforms-id");
}
