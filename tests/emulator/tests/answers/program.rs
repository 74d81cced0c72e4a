//! The emulator as a program: its output, its arguments, and faults over HTTP.

use std::process::Stdio;

use emulator::Service;
use emulator::aniapi::{CLIENT_ID, CLIENT_SECRET, PEOPLE};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::client::send;
use crate::http::{Browser, with_query};

fn aniapi(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_emulator"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Starts it on a free port, and reads its greeting up to the last line.
async fn start() -> (Child, String) {
    start_with(&["--port", "0"]).await
}

async fn start_with(arguments: &[&str]) -> (Child, String) {
    let mut child = aniapi(arguments).spawn().expect("the emulator starts");
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
    line.rsplit(' ').next().expect("the line ends with the address")
}

#[tokio::test]
async fn greeting_has_everything_for_a_login() {
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
async fn arguments_configure_tokens() {
    let mut arguments = vec!["--port", "0", "--provider", "github", "--redirect-uri", "http://localhost:1/auth"];
    arguments.extend(["--access-token-s", "77", "--refresh", "true", "--rotate", "false"]);
    let (_child, greeting) = start_with(&arguments).await;
    for needed in ["The GitHub emulator is at", Service::GitHub.client().0, "http://localhost:1/auth", "/user\n"] {
        assert!(greeting.contains(needed), "{needed} in {greeting}");
    }
    let (id, secret) = Service::GitHub.client();
    let url = address(&greeting);
    let credentials = json!({ "email": "demo@aniapi.test", "password": "demo" }).to_string();
    let page = with_query(&format!("{url}/login/oauth/authorize"), &[("client_id", id)]);
    let answer = Browser::new().post(&page, &credentials).await.json();
    let (_, query) = answer["data"].as_str().and_then(|address| address.split_once('?')).expect("an address");
    let (_, code) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code").expect("a code");
    let exchange = async |grant: &[(&'static str, &str)]| {
        let pairs = grant.iter().copied().chain([("client_id", id), ("client_secret", secret)]).collect();
        let url = format!("{url}/login/oauth/access_token");
        send(&url, Service::GitHub, "application/json", pairs).await.json()
    };
    let login = exchange(&[("code", &code)]).await;
    assert_eq!(login["expires_in"], 77);
    let refresh_token = login["refresh_token"].as_str().expect("a refresh token is issued");
    let renewed = exchange(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await;
    assert_eq!((&renewed["expires_in"], renewed.get("refresh_token")), (&json!(77), None));
}

#[tokio::test]
async fn help_names_every_option() {
    let output = aniapi(&["--help"]).output().await.expect("the emulator runs");
    let usage = String::from_utf8(output.stdout).expect("text");
    for option in ["--port", "--provider", "--redirect-uri", "--access-token-s", "--refresh", "--rotate"] {
        assert!(usage.contains(option), "{option} in {usage}");
    }
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
    for fault in ["reset", "never_answer", "lose_answer"] {
        for at in ["profile", "revoke", "api"] {
            let fault = json!({"at": at, "fault": fault}).to_string();
            let answer = browser.send("PUT", &set, &[], &fault).await;
            assert_eq!(answer.status, 204, "{fault}");
        }
    }

    let reset = format!("{url}/_emulator");
    let answer = browser.send("DELETE", &reset, &[], "").await;
    assert_eq!(answer.status, 204);
    let profile = format!("{url}/v1/auth/me");
    assert_eq!(browser.get(&profile).await.status, 401);
}

#[tokio::test]
async fn invalid_fault_is_rejected_with_a_reason() {
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
async fn port_in_use_is_reported_in_one_line() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let port = taken.local_addr().expect("the listener is bound").port().to_string();

    let output = aniapi(&["--port", &port]).output().await.expect("the emulator runs");
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).expect("text");
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.contains(&format!("port {port} is in use")), "{error}");
}

#[tokio::test]
async fn unknown_arguments_are_reported() {
    for (arguments, named) in [
        (&["--prot", "1"][..], "--prot"),
        (&["--port"], "--port needs a value"),
        (&["--port", "many"], "many"),
        (&["--provider", "moon"], "moon"),
        (&["--access-token-s", "long"], "long"),
        (&["--refresh", "maybe"], "maybe"),
    ] {
        let output = aniapi(arguments).output().await.expect("the emulator runs");
        assert!(!output.status.success(), "{arguments:?}");
        let error = String::from_utf8(output.stderr).expect("text");
        assert!(error.contains(named), "{arguments:?}: {error}");
    }
}
