//! A secret that cannot be had: the start ends with one message, which says what to do and no value.

use std::time::Duration;

use emulator::aniapi::CLIENT_SECRET;
use serde_json::json;
use tokio::net::TcpListener;

use crate::bench::{Env, Function, SECRET_WITHIN};
use crate::store::{ARN, Answers, KEY, KEY_ID, SESSION, Store, stored};

/// Starts a function that must not start, and gives what is told of `OAUTH_CLIENT_SECRET_ARN`.
async fn told(env: &Env, within: Duration, case: &str) -> String {
    let Err(error) = Function::start(env, within).await else { panic!("{case}: it started") };
    let message = error.to_string();
    let [_, line] = message.lines().collect::<Vec<_>>()[..] else { panic!("{case}: {message}") };
    let told = line.trim().strip_prefix("OAUTH_CLIENT_SECRET_ARN names a secret").unwrap_or_else(|| {
        panic!("{case}: {message}");
    });
    for value in ["hush", CLIENT_SECRET, ARN, KEY_ID, KEY, SESSION, "127.0.0.1"] {
        assert!(!format!("{message}{error:?}").contains(value), "{case}: {message}");
    }
    told.to_owned()
}

fn refusal(kind: &str) -> String {
    json!({ "__type": kind, "Message": format!("hush: User: arn:aws:sts::1:assumed-role/hush on {ARN}") }).to_string()
}

#[tokio::test]
async fn each_refusal_says_what_to_do() {
    for (status, body, hint) in [
        (400, refusal("AccessDeniedException"), "allow secretsmanager:GetSecretValue on it to the function's role"),
        (403, refusal("com.amazonaws.secretsmanager#AccessDeniedException"), "allow secretsmanager:GetSecretValue"),
        (400, refusal("ResourceNotFoundException"), "is not there"),
        (400, refusal("InvalidRequestException"), "marked for deletion"),
        (400, refusal("DecryptionFailure"), "whose key cannot be used"),
        (400, refusal("UnrecognizedClientException"), "credentials of AWS_ACCESS_KEY_ID"),
        (400, refusal("InvalidSignatureException"), "the clock is wrong"),
        (400, refusal("ExpiredTokenException"), "AWS_SESSION_TOKEN"),
        (400, refusal("HushException"), "not known here"),
        (403, "<html>hush</html>".into(), "not known here"),
        (503, String::new(), "not known here"),
        (200, "<html>hush</html>".into(), "is its address right?"),
        (200, r#"["hush"]"#.into(), "is its address right?"),
        (200, json!({ "SecretString": 7 }).to_string(), "is its address right?"),
        (200, json!({ "SecretBinary": "aHVzaA==" }).to_string(), "must hold text"),
        (200, json!({ "ARN": ARN }).to_string(), "must hold text"),
    ] {
        let store = Store::start(Answers::With(status, body.clone())).await;
        let told = told(&stored(&store.url), SECRET_WITHIN, &body).await;
        assert!(told.contains(hint), "{status} {body}: {told}");
        assert_eq!(store.seen().len(), 1, "{status} {body}: it is asked once");
    }
}

#[tokio::test]
async fn a_value_that_the_provider_could_not_have_given_is_not_used() {
    for value in [
        "",
        "hush",
        &format!(" {CLIENT_SECRET}"),
        &format!("{CLIENT_SECRET}\n"),
        &json!({ "client_secret": CLIENT_SECRET }).to_string(),
    ] {
        let store = Store::start(Answers::secret(value)).await;
        let told = told(&stored(&store.url), SECRET_WITHIN, value).await;
        let is_object = value.starts_with('{');
        let problem = if is_object { "OAUTH_SECRETS_ARN" } else { "not a client secret of the provider's" };
        assert!(told.contains(problem), "{value:?}: {told}");
    }
}

#[tokio::test]
async fn the_signed_request_is_not_taken_elsewhere() {
    let elsewhere = Store::start(Answers::secret(CLIENT_SECRET)).await;
    let store = Store::start(Answers::RedirectTo(elsewhere.url.clone())).await;
    told(&stored(&store.url), SECRET_WITHIN, "a redirect").await;
    assert_eq!((store.seen().len(), elsewhere.seen().len()), (1, 0));
}

#[tokio::test]
async fn a_store_that_is_silent_or_not_there_is_told() {
    let store = Store::start(Answers::Never).await;
    let silent = told(&stored(&store.url), Duration::from_millis(300), "silence").await;
    assert!(silent.contains("in time") && silent.contains("network"), "{silent}");

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    drop(listener);
    let closed = told(&stored(&url), SECRET_WITHIN, "a closed port").await;
    assert!(closed.contains("no connection") && closed.contains("network"), "{closed}");
}

#[tokio::test]
async fn an_answer_may_have_256_kib_and_no_more() {
    let answer = json!({ "SecretString": CLIENT_SECRET }).to_string();
    let padded = |length: usize| answer.clone() + &" ".repeat(length - answer.len());
    let store = Store::start(Answers::With(200, padded(256 * 1024))).await;
    assert!(Function::start(&stored(&store.url), SECRET_WITHIN).await.is_ok());
    let store = Store::start(Answers::With(200, padded(256 * 1024 + 1))).await;
    assert!(told(&stored(&store.url), SECRET_WITHIN, "too much").await.contains("far too long"));
}
