//! A fault of our own: it costs one answer, and says nothing of what was being read.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use http::Method;
use shared::provider::{
    ClientCredentials, ExchangeError, Grant, Preset, Token, TokenEndpoint, UpstreamRequest, preset,
};

use crate::bench::{Bench, Function, config, env, request};

/// AniAPI's, but that it panics with everything it knows, once where it makes a request and once where it reads one.
struct Panicking {
    in_request: AtomicBool,
    in_answer: AtomicBool,
}

fn panicking() -> &'static Preset {
    let endpoint = Panicking { in_request: AtomicBool::new(true), in_answer: AtomicBool::new(true) };
    Box::leak(Box::new(Preset { token_endpoint: Box::leak(Box::new(endpoint)), ..Preset::OAUTH2 }))
}

fn aniapi() -> &'static dyn TokenEndpoint {
    preset("aniapi").expect("it is one of ours").token_endpoint
}

impl TokenEndpoint for Panicking {
    fn credential_fault(&self, value: &str) -> Option<&'static str> {
        aniapi().credential_fault(value)
    }
    fn request(&self, token_url: &str, client: &ClientCredentials, grant: &Grant<'_>) -> UpstreamRequest {
        assert!(!self.in_request.swap(false, Ordering::Relaxed), "hush: {}", client.secret.expose());
        aniapi().request(token_url, client, grant)
    }
    fn answer(&self, status: u16, body: &[u8], now: u64) -> Result<Token, ExchangeError> {
        assert!(!self.in_answer.swap(false, Ordering::Relaxed), "hush: {}", String::from_utf8_lossy(body));
        aniapi().answer(status, body, now)
    }
}

/// What is answered to a panic before the exchange, one after it, and to the requests that follow.
async fn answers() -> (Bench, Vec<String>) {
    let mut bench = Bench::start().await;
    let mut config = config(&env(&bench.emulator.url())).expect("the environment is right");
    config.providers[0].preset = panicking();
    bench.function = Function::of(config);
    let mut told = Vec::new();
    for case in ["before the exchange", "after it"] {
        let answer = bench.call(bench.token_request()).await;
        answer.assert_refusal(500, "internal_error", "later", case);
        told.push(String::from_utf8_lossy(&answer.body).into_owned());
    }
    assert_eq!(bench.call(request(Method::GET, "/api/health")).await.status, 204);
    assert_eq!(bench.call(bench.token_request()).await.status, 200, "the next exchange works");
    told.extend(bench.function.log());
    (bench, told)
}

#[tokio::test]
async fn a_panic_is_an_internal_error_and_the_next_request_is_answered() {
    let (bench, told) = answers().await;
    assert_eq!(bench.emulator.exchanges(), 2, "the first panic came before anything was sent");
    let lines: Vec<_> = bench.function.log();
    assert_eq!(lines.len(), 4);
    for line in &lines[..2] {
        assert!(line.contains(r#""outcome":"internal_error","status":500"#), "{line}");
    }
    assert!(!told.concat().contains("hush"), "{told:?}");
}

/// Not a test of its own: the process that the next one looks at.
#[tokio::test]
#[ignore = "the next test starts it"]
async fn the_process_that_panics() {
    function::log::silence_panics();
    let (_bench, told) = answers().await;
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{}", told.join("\n")).expect("somebody reads");
}

/// In a process of its own: what a panic prints is a setting of the whole process.
#[test]
fn what_a_panic_was_about_is_printed_nowhere() {
    let output = Command::new(std::env::current_exe().expect("it has a path"))
        .args(["--ignored", "--exact", "panic::the_process_that_panics", "--nocapture"])
        .env_remove("RUST_BACKTRACE")
        .output()
        .expect("it runs");
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert_eq!(told.matches("internal_error").count(), 4, "two answers, two lines: {told}");
    assert_eq!(told.matches("the function panicked at ").count(), 2, "{told}");
    assert!(!told.contains("hush"), "{told}");
}
