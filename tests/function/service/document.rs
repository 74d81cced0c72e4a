//! `OAUTH_SECRETS_ARN`: variables in a secret, in place of the environment.

use std::time::Duration;

use emulator::aniapi::{CLIENT_ID, CLIENT_SECRET};
use http::Method;
use serde_json::json;

use crate::bench::{Env, Function, SECRET_WITHIN, config, request};
use crate::store::{ARN, Answers, KEY, KEY_ID, Store};

/// An environment without the client, which is in the secret at `url`.
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
async fn variables_of_the_document_count_as_those_of_the_environment() {
    let document =
        json!({ "OAUTH_CLIENT_ID": CLIENT_ID, "OAUTH_CLIENT_SECRET": CLIENT_SECRET, "OAUTH_OF_ANOTHER": "" });
    let store = Store::start(Answers::secret(&document.to_string())).await;
    let function = Function::load(&env(&store.url), SECRET_WITHIN).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(store.seen().len(), 1, "one request, and none after");
    let told = function.call(request(Method::GET, "/api/config")).await.json();
    assert_eq!(told["providers"][0]["client_id"], CLIENT_ID);
}

#[tokio::test]
async fn a_variable_is_in_one_place() {
    let document = json!({ "OAUTH_CLIENT_ID": CLIENT_ID, "OAUTH_CLIENT_SECRET": CLIENT_SECRET });
    let store = Store::start(Answers::secret(&document.to_string())).await;
    let mut env = env(&store.url);
    env.insert("OAUTH_CLIENT_ID", CLIENT_ID.into());
    let error = fault(&env, "twice").await;
    assert!(error.contains("OAUTH_CLIENT_ID is set in the environment and in the secret"), "{error}");
    assert_eq!(error.lines().count(), 2, "{error}");
}

#[tokio::test]
async fn what_is_no_document_is_reported_and_nothing_that_follows_from_it() {
    for (secret, problem) in [
        ("hush".to_owned(), "is not a JSON object"),
        (json!(["hush"]).to_string(), "is not a JSON object"),
        (json!({ "OAUTH_CLIENT_SECRET": 7 }).to_string(), "is not a JSON object"),
        (json!({ "client_secret": "hush" }).to_string(), "whose name is not that of a variable"),
        (json!({ "AWS_ENDPOINT_URL": "https://hush.example" }).to_string(), "whose name is not that of a variable"),
        (json!({ "OAUTH_SECRETS_ARN": "hush" }).to_string(), "whose name is not that of a variable"),
    ] {
        let store = Store::start(Answers::secret(&secret)).await;
        let error = fault(&env(&store.url), &secret).await;
        assert!(error.contains(problem) && error.contains("OAUTH_SECRETS_ARN names a secret"), "{error}");
        assert_eq!(error.lines().count(), 2, "{error}");
    }
    // What is in it and is wrong is a fault of the variable.
    let document = json!({ "OAUTH_CLIENT_ID": "hush", "OAUTH_CLIENT_SECRET": "hush" });
    let store = Store::start(Answers::secret(&document.to_string())).await;
    let error = fault(&env(&store.url), "wrong values").await;
    assert!(error.contains("OAUTH_CLIENT_ID must be a GUID") && error.contains("OAUTH_CLIENT_SECRET must"), "{error}");
}

#[tokio::test]
async fn a_document_that_cannot_be_read_is_one_of_the_faults() {
    let store = Store::start(Answers::With(400, json!({ "__type": "AccessDeniedException" }).to_string())).await;
    let mut env = env(&store.url);
    env.insert("OAUTH_TIMEOUT_MS", "hush".into());
    let error = fault(&env, "no access").await;
    assert!(error.contains("OAUTH_SECRETS_ARN names a secret that this function may not read"), "{error}");
    assert!(error.contains("OAUTH_TIMEOUT_MS must") && error.lines().count() == 3, "{error}");
    env.insert("OAUTH_SECRETS_ARN", "hush".into());
    let error = fault(&env, "no name").await;
    assert!(error.contains("OAUTH_SECRETS_ARN must be a secret's ARN") && error.lines().count() == 3, "{error}");
    // Nor is the network needed to look at the rest.
    let error = config(&env).err().expect("it is wrong").to_string();
    assert!(error.contains("OAUTH_TIMEOUT_MS must") && !error.contains("OAUTH_CLIENT_ID"), "{error}");
}

#[tokio::test]
async fn a_throttled_request_is_repeated_once() {
    let document = json!({ "OAUTH_CLIENT_ID": CLIENT_ID, "OAUTH_CLIENT_SECRET": CLIENT_SECRET }).to_string();
    let throttled = || Answers::With(400, json!({ "__type": "ThrottlingException" }).to_string());
    let store = Store::start(Answers::Then(Box::new([throttled(), Answers::secret(&document)]))).await;
    assert!(Function::load(&env(&store.url), SECRET_WITHIN).await.is_ok());
    assert_eq!(store.seen().len(), 2);

    let store = Store::start(throttled()).await;
    let error = fault(&env(&store.url), "throttled twice").await;
    assert!(error.contains("too many requests"), "{error}");
    assert_eq!(store.seen().len(), 2);

    // Within the time that there is for all of it.
    let store = Store::start(throttled()).await;
    let error = Function::load(&env(&store.url), Duration::from_millis(100)).await.err().expect("it is too late");
    assert!(error.contains("in time"), "{error}");
    assert_eq!(store.seen().len(), 1);
}
