//! `OAUTH_SECRETS_ARN`: variables in a secret instead of the environment.

use std::time::Duration;

use emulator::aniapi::{CLIENT_ID, CLIENT_SECRET};
use http::Method;
use serde_json::json;

use crate::bench::{Env, Function, SECRET_WITHIN, config, request};
use crate::store::{ARN, Answers, KEY, KEY_ID, Store};

/// The id of a version, as Secrets Manager makes them.
const VERSION: &str = "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111";

/// An environment without the client's id and secret, which are in the secret at `url`.
fn env(url: &str) -> Env {
    let mut env = crate::bench::env("https://p.example");
    env.remove("OAUTH_CLIENT_ID");
    env.remove("OAUTH_CLIENT_SECRET");
    env.extend([
        ("OAUTH_SECRETS_ARN", ARN.into()),
        ("AWS_ACCESS_KEY_ID", KEY_ID.into()),
        ("AWS_SECRET_ACCESS_KEY", KEY.into()),
        ("AWS_ENDPOINT_URL", url.into()),
    ]);
    env
}

async fn fault(env: &Env, case: &str) -> String {
    let error = Function::load(env, SECRET_WITHIN).await.err().unwrap_or_else(|| panic!("{case}: it started"));
    assert!(!error.contains("hush") && !error.contains(CLIENT_SECRET), "{case}: {error}");
    error
}

#[tokio::test]
async fn variables_in_the_document_count_like_those_in_the_environment() {
    let document =
        json!({ "OAUTH_CLIENT_ID": CLIENT_ID, "OAUTH_CLIENT_SECRET": CLIENT_SECRET, "OAUTH_OF_ANOTHER": "" });
    let store = Store::start(Answers::secret(&document.to_string())).await;
    let function = Function::load(&env(&store.url), SECRET_WITHIN).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(store.seen().len(), 1, "one request, and none afterwards");
    let shown = function.call(request(Method::GET, "/api/config")).await.json();
    assert_eq!(shown["providers"][0]["client_id"], CLIENT_ID);
}

#[tokio::test]
async fn variable_must_not_be_set_in_both_places() {
    let document = json!({ "OAUTH_CLIENT_ID": CLIENT_ID, "OAUTH_CLIENT_SECRET": CLIENT_SECRET });
    let store = Store::start(Answers::secret(&document.to_string())).await;
    let mut env = env(&store.url);
    env.insert("OAUTH_CLIENT_ID", CLIENT_ID.into());
    let error = fault(&env, "in both places").await;
    assert!(error.contains("OAUTH_CLIENT_ID is set in the environment and in the secret"), "{error}");
    assert_eq!(error.lines().count(), 2, "{error}");
}

#[tokio::test]
async fn invalid_document_is_reported_without_follow_up_faults() {
    for (secret, problem) in [
        ("hush".to_owned(), "is not a JSON object"),
        (json!(["hush"]).to_string(), "is not a JSON object"),
        (json!({ "OAUTH_CLIENT_SECRET": 7 }).to_string(), "is not a JSON object"),
        (json!({ "client_secret": "hush" }).to_string(), "a member that is not a variable"),
        (json!({ "AWS_ENDPOINT_URL": "https://hush.example" }).to_string(), "a member that is not a variable"),
        (json!({ "OAUTH_SECRETS_ARN": "hush" }).to_string(), "a member that is not a variable"),
        (json!({ "OAUTH_SECRETS_VERSION": "hush" }).to_string(), "a member that is not a variable"),
    ] {
        let store = Store::start(Answers::secret(&secret)).await;
        let error = fault(&env(&store.url), &secret).await;
        assert!(error.contains(problem) && error.contains("OAUTH_SECRETS_ARN names a secret"), "{error}");
        assert_eq!(error.lines().count(), 2, "{error}");
    }
    // An invalid value in the document is a fault of its variable.
    let document = json!({ "OAUTH_CLIENT_ID": "hush", "OAUTH_CLIENT_SECRET": "hush" });
    let store = Store::start(Answers::secret(&document.to_string())).await;
    let error = fault(&env(&store.url), "wrong values").await;
    assert!(error.contains("OAUTH_CLIENT_ID must be a GUID") && error.contains("OAUTH_CLIENT_SECRET must"), "{error}");
}

#[tokio::test]
async fn unreadable_document_is_reported_with_the_other_faults() {
    let store = Store::start(Answers::With(400, json!({ "__type": "AccessDeniedException" }).to_string())).await;
    let mut env = env(&store.url);
    env.insert("OAUTH_TIMEOUT_MS", "hush".into());
    let error = fault(&env, "no access").await;
    assert!(error.contains("OAUTH_SECRETS_ARN names a secret that this function may not read"), "{error}");
    assert!(error.contains("OAUTH_TIMEOUT_MS must") && error.lines().count() == 3, "{error}");
    env.insert("OAUTH_SECRETS_ARN", "hush".into());
    let error = fault(&env, "no name").await;
    assert!(error.contains("OAUTH_SECRETS_ARN must be the ARN of a secret") && error.lines().count() == 3, "{error}");
    // The other variables are validated without the network, too.
    let error = config(&env).err().expect("the environment is invalid").to_string();
    assert!(error.contains("OAUTH_TIMEOUT_MS must") && !error.contains("OAUTH_CLIENT_ID"), "{error}");
}

#[tokio::test]
async fn throttled_request_is_retried_once() {
    let document = json!({ "OAUTH_CLIENT_ID": CLIENT_ID, "OAUTH_CLIENT_SECRET": CLIENT_SECRET }).to_string();
    let throttled = || Answers::With(400, json!({ "__type": "ThrottlingException" }).to_string());
    let store = Store::start(Answers::Then(Box::new([throttled(), Answers::secret(&document)]))).await;
    assert!(Function::load(&env(&store.url), SECRET_WITHIN).await.is_ok());
    assert_eq!(store.seen().len(), 2);

    let store = Store::start(throttled()).await;
    let error = fault(&env(&store.url), "throttled twice").await;
    assert!(error.contains("throttling requests"), "{error}");
    assert_eq!(store.seen().len(), 2);

    // The retry has to fit into the same deadline.
    let store = Store::start(throttled()).await;
    let error = Function::load(&env(&store.url), Duration::from_millis(100)).await.err().expect("the deadline passes");
    assert!(error.contains("in time"), "{error}");
    assert_eq!(store.seen().len(), 1);
}

#[tokio::test]
async fn version_that_is_named_is_asked_for_and_otherwise_the_current_one() {
    let document = json!({ "OAUTH_CLIENT_ID": CLIENT_ID, "OAUTH_CLIENT_SECRET": CLIENT_SECRET }).to_string();
    for (version, expected) in [
        (VERSION, json!({ "SecretId": ARN, "VersionId": VERSION })),
        // What is set to nothing is not set.
        ("", json!({ "SecretId": ARN })),
    ] {
        let store = Store::start(Answers::secret(&document)).await;
        let mut env = env(&store.url);
        env.insert("OAUTH_SECRETS_VERSION", version.into());
        Function::load(&env, SECRET_WITHIN).await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(store.seen()[0].json(), expected);
    }
}

#[tokio::test]
async fn version_that_cannot_be_one_is_reported_before_anything_is_asked() {
    let store = Store::start(Answers::Never).await;
    for version in ["AWSCURRENT", &"x".repeat(31), &"x".repeat(65), &format!("{}\"", "x".repeat(40)), &"é".repeat(32)]
    {
        let mut env = env(&store.url);
        env.insert("OAUTH_SECRETS_VERSION", version.into());
        let error = fault(&env, version).await;
        assert!(error.contains("OAUTH_SECRETS_VERSION must be the VersionId of a secret"), "{error}");
        assert!(error.lines().count() == 2 && !error.contains(version), "{error}");
    }
    assert_eq!(store.seen().len(), 0);

    let mut env = crate::bench::env("https://p.example");
    env.insert("OAUTH_SECRETS_VERSION", VERSION.into());
    let error = fault(&env, "no secret").await;
    assert!(error.contains("OAUTH_SECRETS_VERSION is set, but OAUTH_SECRETS_ARN"), "{error}");
    assert!(config(&env).is_err(), "nor is the network needed to see it");
}

#[tokio::test]
async fn version_that_is_not_there_is_named_in_the_fault() {
    let refusal = json!({ "__type": "ResourceNotFoundException", "Message": format!("hush {VERSION}") }).to_string();
    let store = Store::start(Answers::With(400, refusal)).await;
    let mut env = env(&store.url);
    let error = fault(&env, "no secret").await;
    assert!(error.contains("has no value yet") && !error.contains("OAUTH_SECRETS_VERSION"), "{error}");
    env.insert("OAUTH_SECRETS_VERSION", VERSION.into());
    let error = fault(&env, "no version").await;
    assert!(error.contains("OAUTH_SECRETS_ARN names a secret") && error.contains("OAUTH_SECRETS_VERSION"), "{error}");
    assert!(!error.contains(VERSION), "{error}");
}
