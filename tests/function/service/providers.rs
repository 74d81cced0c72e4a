//! Several providers at once: each has its own id, address, secret and redirect URIs.

use std::time::Duration;

use emulator::aniapi::{CLIENT_ID, CLIENT_SECRET};
use http::Method;
use serde_json::{Value, json};
use shared::redirect;

use crate::bench::{Env, Function, SECRET_WITHIN, post, request};
use crate::server::{Server, VERIFIER};
use crate::store::{Answers, KEY, KEY_ID, Store};

/// GitHub has its own list of redirect URIs and sends `iss`. The others share a list that has a separate URI for each.
const GITHUB: &str = "https://github.app.example/auth";
const ANIAPI: &str = "https://app.example/auth/aniapi";
const MAL: &str = "https://app.example/auth/myanimelist";

/// GitHub, AniAPI and MyAnimeList, each at its own server.
struct Three {
    function: Function,
    servers: [Server; 3],
}

fn env(urls: [&str; 3]) -> Env {
    [
        ("OAUTH_PROVIDER", "github, aniapi,myanimelist".into()),
        ("OAUTH_REDIRECT_URIS", [ANIAPI, MAL].join(",").into()),
        ("OAUTH_GITHUB_REDIRECT_URIS", GITHUB.into()),
        ("OAUTH_GITHUB_CLIENT_ID", "github-id".into()),
        ("OAUTH_GITHUB_CLIENT_SECRET", "github-secret".into()),
        ("OAUTH_GITHUB_TOKEN_URL", urls[0].into()),
        ("OAUTH_ANIAPI_CLIENT_ID", CLIENT_ID.into()),
        ("OAUTH_ANIAPI_CLIENT_SECRET", CLIENT_SECRET.into()),
        ("OAUTH_ANIAPI_TOKEN_URL", urls[1].into()),
        ("OAUTH_MYANIMELIST_CLIENT_ID", "mal-id".into()),
        ("OAUTH_MYANIMELIST_CLIENT_SECRET", "mal-secret".into()),
        ("OAUTH_MYANIMELIST_TOKEN_URL", urls[2].into()),
        // These are unused if there are several providers.
        ("OAUTH_CLIENT_ID", "unused".into()),
        ("OAUTH_CLIENT_SECRET", "unused".into()),
        ("OAUTH_TOKEN_URL", "https://unused.example/".into()),
    ]
    .into()
}

impl Three {
    async fn start() -> Self {
        let servers = [Server::start().await, Server::start().await, Server::start().await];
        servers[1].answers(200, r#"{"status_code":200,"data":"t"}"#);
        let function = Function::new(&env(servers.each_ref().map(|server| server.url.as_str())));
        Self { function, servers }
    }

    /// The requests that each of them received.
    fn asked(&self) -> [Vec<String>; 3] {
        self.servers.each_ref().map(Server::asked)
    }
}

fn body(provider: &str, redirect_uri: &str) -> Value {
    let mut body = json!({ "provider": provider, "code": "c0de", "redirect_uri": redirect_uri });
    if provider != "aniapi" {
        body["code_verifier"] = VERIFIER.into();
    }
    body
}

fn from(origin: &str, body: &Value) -> lambda_http::Request {
    let mut request = post(body);
    request.headers_mut().insert("origin", origin.parse().expect("a valid value"));
    request
}

#[tokio::test]
async fn config_lists_all_providers_in_order() {
    let three = Three::start().await;
    let answer = three.function.call(request(Method::GET, "/api/config")).await.json();
    let entries: Vec<_> = answer["providers"].as_array().expect("the providers are a list").iter().collect();
    let of = |field| entries.iter().map(|entry| &entry[field]).collect::<Vec<_>>();
    assert_eq!(of("id"), ["github", "aniapi", "myanimelist"]);
    assert_eq!(of("client_id"), ["github-id", CLIENT_ID, "mal-id"]);
    assert_eq!(of("redirect_uris"), [&json!([GITHUB]), &json!([ANIAPI]), &json!([MAL])]);
    assert_eq!(of("pkce"), [&json!("S256"), &Value::Null, &json!("plain")]);
    assert!(!answer.to_string().contains("secret"), "{answer}");
}

/// Mix-up (RFC 9700, 4.4): a code is sent only to the provider that the login was started with.
#[tokio::test]
async fn each_code_goes_only_to_the_named_provider() {
    let three = Three::start().await;
    for (provider, redirect_uri, sent) in [
        ("github", GITHUB, "&client_id=github-id&client_secret=github-secret"),
        ("aniapi", ANIAPI, CLIENT_SECRET),
        ("myanimelist", MAL, "&client_id=mal-id&client_secret=mal-secret"),
    ] {
        let origin = redirect::origin(redirect_uri).expect("a valid address");
        let answer = three.function.call(from(origin, &body(provider, redirect_uri))).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["access_token"]), (200, &json!("t")), "{provider}");
        let asked = three.asked().concat();
        let [asked] = &asked[..] else { panic!("one request to one provider, not {asked:?}") };
        assert!(asked.contains(sent) && !asked.contains("unused"), "{provider}: {asked}");
    }
}

#[tokio::test]
async fn unconfigured_provider_is_an_invalid_request() {
    let three = Three::start().await;
    for provider in ["anilist", "oauth2", "GitHub", "github ", "github,aniapi", "unknown"] {
        let answer = three.function.call(post(&body(provider, ANIAPI))).await;
        answer.assert_refusal(400, "invalid_request", "no", provider);
    }
    assert_eq!(three.asked().concat(), Vec::<String>::new());
}

#[tokio::test]
async fn redirect_uri_and_verifier_must_match_the_provider() {
    let three = Three::start().await;
    for (origin, provider, redirect_uri) in [
        ("https://app.example", "github", ANIAPI),
        ("https://github.app.example", "aniapi", GITHUB),
        ("https://github.app.example", "myanimelist", GITHUB),
        ("https://app.example", "github", GITHUB),
        ("https://github.app.example", "aniapi", ANIAPI),
        ("https://app.example", "aniapi", MAL),
        ("https://app.example", "myanimelist", ANIAPI),
        ("https://app.example", "aniapi", "https://app.example/auth"),
    ] {
        let answer = three.function.call(from(origin, &body(provider, redirect_uri))).await;
        answer.assert_refusal(400, "redirect_uri_not_allowed", "no", &format!("{origin} {provider} {redirect_uri}"));
    }
    let mut with = body("aniapi", ANIAPI);
    with["code_verifier"] = VERIFIER.into();
    let mut without = body("myanimelist", MAL);
    without.as_object_mut().expect("the body is an object").remove("code_verifier");
    for body in [with, without] {
        three.function.call(post(&body)).await.assert_refusal(400, "invalid_request", "no", &body.to_string());
    }
    let other = from("https://evil.example", &body("github", GITHUB));
    three.function.call(other).await.assert_refusal(403, "origin_not_allowed", "no", "an origin that is not allowed");
    assert_eq!(three.asked().concat(), Vec::<String>::new());
}

#[tokio::test]
async fn the_log_names_the_variables_of_the_provider_that_refused() {
    let three = Three::start().await;
    three.servers[0].answers(200, r#"{"error":"incorrect_client_credentials"}"#);
    three.servers[1].answers(200, r#"{"status_code":404,"data":"client_id not found"}"#);
    three.servers[2].answers(400, r#"{"error":"redirect_uri_mismatch"}"#);
    for (provider, redirect_uri, variables) in [
        ("github", GITHUB, vec!["OAUTH_GITHUB_CLIENT_ID ", "OAUTH_GITHUB_CLIENT_SECRET "]),
        ("aniapi", ANIAPI, vec!["OAUTH_ANIAPI_CLIENT_ID "]),
        ("myanimelist", MAL, vec!["OAUTH_MYANIMELIST_REDIRECT_URIS, or OAUTH_REDIRECT_URIS "]),
    ] {
        let origin = redirect::origin(redirect_uri).expect("a valid address");
        let answer = three.function.call(from(origin, &body(provider, redirect_uri))).await;
        answer.assert_refusal(502, "provider_refused_client", "later", provider);
        let line = three.function.last_line();
        let detail = line["detail"].as_str().expect("there is a detail");
        assert!(variables.iter().all(|variable| detail.contains(variable)), "{detail}");
    }
}

/// An environment with GitHub's and MyAnimeList's secrets in the Secrets Manager at `url`.
fn stored(url: &str) -> Env {
    const ARN: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:";
    let mut env = env(["http://127.0.0.1:1"; 3]);
    for (secret, arn, name) in [
        ("OAUTH_GITHUB_CLIENT_SECRET", "OAUTH_GITHUB_CLIENT_SECRET_ARN", "github"),
        ("OAUTH_MYANIMELIST_CLIENT_SECRET", "OAUTH_MYANIMELIST_CLIENT_SECRET_ARN", "mal"),
    ] {
        env.remove(secret);
        env.insert(arn, format!("{ARN}{name}").into());
    }
    env.extend([
        ("AWS_ACCESS_KEY_ID", KEY_ID.into()),
        ("AWS_SECRET_ACCESS_KEY", KEY.into()),
        ("AWS_ENDPOINT_URL", url.into()),
    ]);
    env
}

#[tokio::test]
async fn all_stored_secrets_are_read_at_startup() {
    let store = Store::start(Answers::secret("from the store")).await;
    let function = Function::start(&stored(&store.url), SECRET_WITHIN).await.expect("the environment is valid");
    assert_eq!(store.seen().len(), 2, "before any request");
    assert_eq!(function.call(request(Method::GET, "/api/health")).await.status, 204);
    assert_eq!(store.seen().len(), 2);
}

/// Each secret on its own could be read in time.
#[tokio::test]
async fn all_stored_secrets_share_one_deadline() {
    let good = r#"{"SecretString":"from the store"}"#.to_owned();
    let store = Store::start(Answers::Late(Duration::from_millis(300), good)).await;
    let error =
        Function::start(&stored(&store.url), Duration::from_millis(500)).await.err().expect("the deadline passes");
    assert!(error.to_string().contains("OAUTH_MYANIMELIST_CLIENT_SECRET_ARN "), "{error}");
}

#[tokio::test]
async fn every_unreadable_stored_secret_is_reported() {
    for (answers, within) in [
        (Answers::With(400, r#"{"__type":"ResourceNotFoundException"}"#.into()), SECRET_WITHIN),
        (Answers::secret("hush\n"), SECRET_WITHIN),
        (Answers::Never, Duration::from_millis(50)),
    ] {
        let store = Store::start(answers).await;
        let error =
            Function::start(&stored(&store.url), within).await.err().expect("the function does not start").to_string();
        let named: Vec<_> = error.lines().skip(1).filter_map(|line| line.trim().split(' ').next()).collect();
        assert_eq!(named, ["OAUTH_GITHUB_CLIENT_SECRET_ARN", "OAUTH_MYANIMELIST_CLIENT_SECRET_ARN"], "{error}");
        assert!(!error.contains("hush"), "{error}");
    }
}
