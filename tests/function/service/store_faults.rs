//! A secret that cannot be read: the start fails with one message, which says what to do and contains no value.

use std::time::Duration;

use emulator::aniapi::CLIENT_SECRET;
use serde_json::json;
use tokio::net::TcpListener;

use crate::bench::{Env, Function, SECRET_WITHIN};
use crate::store::{ARN, Answers, KEY, KEY_ID, SESSION, Store, stored};

/// Starts a function that must not start, and returns what is reported for `OAUTH_CLIENT_SECRET_ARN`.
async fn fault(env: &Env, within: Duration, case: &str) -> String {
    let Err(error) = Function::start(env, within).await else { panic!("{case}: it started") };
    let message = error.to_string();
    let [_, line] = message.lines().collect::<Vec<_>>()[..] else { panic!("{case}: {message}") };
    let reported = line.trim().strip_prefix("OAUTH_CLIENT_SECRET_ARN names a secret").unwrap_or_else(|| {
        panic!("{case}: {message}");
    });
    for value in ["hush", CLIENT_SECRET, ARN, KEY_ID, KEY, SESSION, "127.0.0.1"] {
        assert!(!format!("{message}{error:?}").contains(value), "{case}: {message}");
    }
    reported.to_owned()
}

fn refusal(kind: &str) -> String {
    json!({ "__type": kind, "Message": format!("hush: User: arn:aws:sts::1:assumed-role/hush on {ARN}") }).to_string()
}

#[tokio::test]
async fn each_error_says_what_to_do() {
    for (status, body, hint) in [
        (400, refusal("AccessDeniedException"), "grant secretsmanager:GetSecretValue on it to the function's role"),
        (403, refusal("com.amazonaws.secretsmanager#AccessDeniedException"), "grant secretsmanager:GetSecretValue"),
        (400, refusal("ResourceNotFoundException"), "does not exist"),
        (400, refusal("InvalidRequestException"), "marked for deletion"),
        (400, refusal("DecryptionFailure"), "whose key cannot be used"),
        (400, refusal("UnrecognizedClientException"), "credentials of AWS_ACCESS_KEY_ID"),
        (400, refusal("InvalidSignatureException"), "the clock is wrong"),
        (400, refusal("ExpiredTokenException"), "AWS_SESSION_TOKEN"),
        (400, refusal("HushException"), "for an unknown reason"),
        (403, "<html>hush</html>".into(), "for an unknown reason"),
        (503, String::new(), "for an unknown reason"),
        (200, "<html>hush</html>".into(), "is its address correct?"),
        (200, r#"["hush"]"#.into(), "is its address correct?"),
        (200, json!({ "SecretString": 7 }).to_string(), "is its address correct?"),
        (200, json!({ "SecretBinary": "aHVzaA==" }).to_string(), "must contain text"),
        (200, json!({ "ARN": ARN }).to_string(), "must contain text"),
    ] {
        let store = Store::start(Answers::With(status, body.clone())).await;
        let reported = fault(&stored(&store.url), SECRET_WITHIN, &body).await;
        assert!(reported.contains(hint), "{status} {body}: {reported}");
        assert_eq!(store.seen().len(), 1, "{status} {body}: one request");
    }
}

#[tokio::test]
async fn malformed_client_secret_is_rejected() {
    for value in [
        "",
        "hush",
        &format!(" {CLIENT_SECRET}"),
        &format!("{CLIENT_SECRET}\n"),
        &json!({ "client_secret": CLIENT_SECRET }).to_string(),
    ] {
        let store = Store::start(Answers::secret(value)).await;
        let reported = fault(&stored(&store.url), SECRET_WITHIN, value).await;
        let is_object = value.starts_with('{');
        let problem = if is_object { "OAUTH_SECRETS_ARN" } else { "not a valid client secret" };
        assert!(reported.contains(problem), "{value:?}: {reported}");
    }
}

#[tokio::test]
async fn signed_request_does_not_follow_redirects() {
    let elsewhere = Store::start(Answers::secret(CLIENT_SECRET)).await;
    let store = Store::start(Answers::RedirectTo(elsewhere.url.clone())).await;
    fault(&stored(&store.url), SECRET_WITHIN, "a redirect").await;
    assert_eq!((store.seen().len(), elsewhere.seen().len()), (1, 0));
}

#[tokio::test]
async fn silent_or_unreachable_store_is_reported() {
    let store = Store::start(Answers::Never).await;
    let silent = fault(&stored(&store.url), Duration::from_millis(300), "silence").await;
    assert!(silent.contains("in time") && silent.contains("network"), "{silent}");

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("the socket is bound"));
    drop(listener);
    let closed = fault(&stored(&url), SECRET_WITHIN, "a closed port").await;
    assert!(closed.contains("no connection") && closed.contains("network"), "{closed}");
}

#[tokio::test]
async fn response_is_limited_to_256_kib() {
    let answer = json!({ "SecretString": CLIENT_SECRET }).to_string();
    let padded = |length: usize| answer.clone() + &" ".repeat(length - answer.len());
    let store = Store::start(Answers::With(200, padded(256 * 1024))).await;
    assert!(Function::start(&stored(&store.url), SECRET_WITHIN).await.is_ok());
    let store = Store::start(Answers::With(200, padded(256 * 1024 + 1))).await;
    assert!(fault(&stored(&store.url), SECRET_WITHIN, "too much").await.contains("far too long"));
}
