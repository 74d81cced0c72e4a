//! A panic in the function: it fails one request, and its message, which may contain secrets, is never printed.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use http::Method;
use shared::provider::{ClientCredentials, ExchangeError, Grant, Preset, Provider, Token, UpstreamRequest, preset};

use crate::bench::{Bench, Function, config, env, request};

/// AniAPI's token endpoint, except that it panics with secrets in the message: once when it builds a request, and once
/// when it reads a response.
struct Panicking {
    in_request: AtomicBool,
    in_answer: AtomicBool,
}

fn panicking() -> &'static Preset {
    let endpoint = Panicking { in_request: AtomicBool::new(true), in_answer: AtomicBool::new(true) };
    Box::leak(Box::new(Preset { provider: Box::leak(Box::new(endpoint)), ..Preset::OAUTH2 }))
}

fn aniapi() -> &'static dyn Provider {
    preset("aniapi").expect("AniAPI is a preset").provider
}

impl Provider for Panicking {
    fn credential_fault(&self, value: &str) -> Option<&'static str> {
        aniapi().credential_fault(value)
    }
    fn token_request(&self, token_url: &str, client: &ClientCredentials, grant: &Grant<'_>) -> UpstreamRequest {
        assert!(!self.in_request.swap(false, Ordering::Relaxed), "hush: {}", client.secret.expose());
        aniapi().token_request(token_url, client, grant)
    }
    fn token_response(&self, status: u16, body: &[u8], now: u64) -> Result<Token, ExchangeError> {
        assert!(!self.in_answer.swap(false, Ordering::Relaxed), "hush: {}", String::from_utf8_lossy(body));
        aniapi().token_response(status, body, now)
    }
}

/// The error responses to a panic before the exchange and to one after it, followed by the log. The requests after them
/// succeed.
async fn answers() -> (Bench, Vec<String>) {
    let mut bench = Bench::start().await;
    let mut config = config(&env(&bench.emulator.url())).expect("the environment is valid");
    config.providers[0].preset = panicking();
    bench.function = Function::of(config);
    let mut output = Vec::new();
    for case in ["before the exchange", "after the exchange"] {
        let answer = bench.call(bench.token_request()).await;
        answer.assert_refusal(500, "internal_error", "later", case);
        output.push(String::from_utf8_lossy(&answer.body).into_owned());
    }
    assert_eq!(bench.call(request(Method::GET, "/api/health")).await.status, 204);
    assert_eq!(bench.call(bench.token_request()).await.status, 200, "the next exchange works");
    output.extend(bench.function.log());
    (bench, output)
}

#[tokio::test]
async fn panic_is_an_internal_error_and_the_next_request_succeeds() {
    let (bench, output) = answers().await;
    assert_eq!(bench.emulator.exchanges(), 2, "the first panic came before anything was sent");
    let lines: Vec<_> = bench.function.log();
    assert_eq!(lines.len(), 4);
    for line in &lines[..2] {
        assert!(line.contains(r#""outcome":"internal_error","status":500"#), "{line}");
    }
    assert!(!output.concat().contains("hush"), "{output:?}");
}

/// Not a separate test, but the process that the next test starts.
#[tokio::test]
#[ignore = "the next test starts it"]
async fn process_that_panics() {
    function::log::silence_panics();
    let (_bench, output) = answers().await;
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{}", output.join("\n")).expect("standard output can be written");
}

/// In a separate process, because what a panic prints is a setting of the whole process.
#[test]
fn panic_message_is_never_printed() {
    let output = Command::new(std::env::current_exe().expect("the test binary has a path"))
        .args(["--ignored", "--exact", "panic::process_that_panics", "--nocapture"])
        .env_remove("RUST_BACKTRACE")
        .output()
        .expect("the test binary runs");
    let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{printed}");
    assert_eq!(printed.matches("internal_error").count(), 4, "two responses, two log lines: {printed}");
    assert_eq!(printed.matches("the function panicked at ").count(), 2, "{printed}");
    assert!(!printed.contains("hush"), "{printed}");
}
