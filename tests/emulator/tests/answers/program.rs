//! The emulator as a program: what it prints, how it is told to misbehave.

use std::process::Stdio;

use emulator::aniapi::{CLIENT_ID, CLIENT_SECRET, PEOPLE};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::http::Browser;

fn aniapi(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_emulator"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Starts it on a free port, and reads its greeting up to the last line.
async fn start() -> (Child, String) {
    let mut child = aniapi(&["--port", "0"]).spawn().expect("it starts");
    let stdout = child.stdout.take().expect("its output is piped");
    let mut lines = BufReader::new(stdout).lines();
    let mut greeting = String::new();
    while let Some(line) = lines.next_line().await.expect("it prints text") {
        greeting.push_str(&line);
        greeting.push('\n');
        if line.starts_with("End it:") {
            break;
        }
    }
    (child, greeting)
}

fn address(greeting: &str) -> &str {
    let line = greeting.lines().next().expect("a first line");
    line.rsplit(' ').next().expect("it ends in the address")
}

#[tokio::test]
async fn it_prints_all_that_a_login_needs() {
    let (_child, greeting) = start().await;

    let mut needed = vec![CLIENT_ID, CLIENT_SECRET, "http://localhost:3000/auth"];
    needed.extend(PEOPLE.iter().map(|person| person.email));
    for needed in needed {
        assert!(greeting.contains(needed), "{needed} in {greeting}");
    }
    let profile = format!("{}/v1/auth/me", address(&greeting));
    assert_eq!(Browser::new().get(&profile).await.status, 401);
}

#[tokio::test]
async fn faults_are_set_and_reset_over_http() {
    let (_child, greeting) = start().await;
    let url = address(&greeting);
    let set = format!("{url}/_emulator/fault");
    let token = format!("{url}/v1/oauth/token");
    let mut browser = Browser::new();

    for (fault, status) in [
        (json!({"at": "token", "fault": "delay", "ms": 1}), 200),
        (json!({"at": "token", "fault": "status", "status": 503}), 503),
        (json!({"at": "token", "fault": "busy"}), 429),
        (json!({"at": "token", "fault": "busy", "retry_after": 3}), 429),
        (json!({"at": "token", "fault": "raw", "status": 418, "body": "tea"}), 418),
        (json!({"at": "token", "fault": "refuse", "refusal": "code_not_valid"}), 200),
    ] {
        let answer = browser.send("PUT", &set, &[], &fault.to_string()).await;
        assert_eq!(answer.status, 204, "{fault}: {}", answer.text());
        let answer = browser.post(&token, "").await;
        assert_eq!(answer.status, status, "{fault}");
    }
    for fault in ["reset", "never_answer"] {
        let fault = json!({"at": "profile", "fault": fault}).to_string();
        let answer = browser.send("PUT", &set, &[], &fault).await;
        assert_eq!(answer.status, 204, "{fault}");
    }

    let reset = format!("{url}/_emulator");
    let answer = browser.send("DELETE", &reset, &[], "").await;
    assert_eq!(answer.status, 204);
    let profile = format!("{url}/v1/auth/me");
    assert_eq!(browser.get(&profile).await.status, 401);
}

#[tokio::test]
async fn what_is_no_fault_is_refused_with_a_reason() {
    let emulator = crate::emulator().await;
    let set = format!("{}/_emulator/fault", emulator.url());
    for (fault, reason) in [
        (json!({"at": "token", "fault": "delay"}), "\"ms\""),
        (json!({"at": "token", "fault": "status"}), "\"status\""),
        (json!({"at": "token", "fault": "status", "status": 42}), "200 to 999"),
        (json!({"at": "token", "fault": "refuse"}), "\"refusal\""),
        (json!({"at": "token", "fault": "vanish"}), "vanish"),
        (json!({"at": "moon", "fault": "reset"}), "moon"),
        (json!({"at": "token", "fault": "reset", "why": "so"}), "why"),
    ] {
        let answer = Browser::new().send("PUT", &set, &[], &fault.to_string()).await;
        assert_eq!(answer.status, 400, "{fault}");
        assert!(answer.text().contains(reason), "{fault}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_taken_port_is_named_in_one_sentence() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let port = taken.local_addr().expect("it is bound").port().to_string();

    let output = aniapi(&["--port", &port]).output().await.expect("it ran");
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).expect("text");
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.contains(&format!("port {port} is taken")), "{error}");
}

#[tokio::test]
async fn arguments_it_does_not_know_are_named() {
    for (arguments, named) in
        [(&["--prot", "1"][..], "--prot"), (&["--port"], "--port needs a value"), (&["--port", "many"], "many")]
    {
        let output = aniapi(arguments).output().await.expect("it ran");
        assert!(!output.status.success(), "{arguments:?}");
        let error = String::from_utf8(output.stderr).expect("text");
        assert!(error.contains(named), "{arguments:?}: {error}");
    }
}
