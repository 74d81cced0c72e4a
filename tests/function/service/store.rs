//! An emulated Secrets Manager: the request that it gets for the client secret, and that there is only one.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use emulator::aniapi::CLIENT_SECRET;
use function::log::Line;
use ring::{digest, hmac};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::bench::{Bench, Env, Function, SECRET_WITHIN, env};

pub const ARN: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ClientSecretStore-a1b2C3";
pub const KEY_ID: &str = "AKIDEXAMPLE";
pub const KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
pub const SESSION: &str = "session/token+of=the-role";

/// How the store responds to requests.
#[derive(Clone)]
pub enum Answers {
    With(u16, String),
    RedirectTo(String),
    /// With HTTP 200, after this delay.
    Late(Duration, String),
    Never,
    /// The first item for the first request, and the second for all others.
    Then(Box<[Answers; 2]>),
}

impl Answers {
    /// AWS's response with a secret.
    pub fn secret(secret: &str) -> Self {
        let answer = json!({ "ARN": ARN, "Name": "ClientSecretStore", "SecretString": secret, "CreatedDate": 1.7e9 });
        Self::With(200, answer.to_string())
    }
}

/// A request that was received.
#[derive(Clone)]
pub struct Seen {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Seen {
    /// What was asked.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("it is JSON")
    }
}

/// A Secrets Manager.
pub struct Store {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Store {
    pub async fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("the socket is bound"));
        let seen = Arc::default();
        let routes = Router::new().fallback(answer).with_state((answers, Arc::clone(&seen)));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, seen }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("the lock is not poisoned").clone()
    }
}

async fn answer(
    State((answers, seen)): State<(Answers, Arc<Mutex<Vec<Seen>>>)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let is_first = {
        let mut seen = seen.lock().expect("the lock is not poisoned");
        seen.push(Seen { method, uri, headers, body });
        seen.len() == 1
    };
    let answer = Response::builder();
    let answers = match answers {
        Answers::Then(both) => {
            let [first, later] = *both;
            if is_first { first } else { later }
        }
        answers => answers,
    };
    match answers {
        Answers::With(status, body) => answer.status(status).body(body.into()),
        Answers::RedirectTo(url) => answer.status(307).header("location", url).body(Body::empty()),
        Answers::Late(wait, body) => {
            tokio::time::sleep(wait).await;
            answer.body(body.into())
        }
        Answers::Never | Answers::Then(_) => std::future::pending().await,
    }
    .expect("the headers are valid")
}

/// The minimal environment of a function whose secret is in the store at `url`.
pub fn stored(url: &str) -> Env {
    let mut env = env("http://127.0.0.1:1");
    env.remove("OAUTH_CLIENT_SECRET");
    env.extend([
        ("OAUTH_CLIENT_SECRET_ARN", ARN.into()),
        ("AWS_ACCESS_KEY_ID", KEY_ID.into()),
        ("AWS_SECRET_ACCESS_KEY", KEY.into()),
        ("AWS_SESSION_TOKEN", SESSION.into()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", url.into()),
    ]);
    env
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The expected `Authorization` header, computed from the received request ("Signature Version 4", AWS's documentation
/// of IAM) independently of the function's code.
fn authorization(request: &Seen, signed: &str) -> String {
    let header = |name: &str| request.headers[name].to_str().expect("the text is UTF-8").to_owned();
    let sha256 = |data: &[u8]| hex(digest::digest(&digest::SHA256, data).as_ref());
    let time = header("x-amz-date");
    let scope = format!("{}/eu-central-1/secretsmanager/aws4_request", &time[..8]);
    let headers: String = signed.split(';').map(|name| format!("{name}:{}\n", header(name))).collect();
    let canonical = format!("POST\n/\n\n{headers}\n{signed}\n{}", sha256(&request.body));
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", sha256(canonical.as_bytes()));
    let sign =
        |key: &[u8], text: &str| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec();
    let key = scope.split('/').fold(format!("AWS4{KEY}").into_bytes(), |key, part| sign(&key, part));
    let signature = hex(&sign(&key, &to_sign));
    format!("AWS4-HMAC-SHA256 Credential={KEY_ID}/{scope}, SignedHeaders={signed}, Signature={signature}")
}

/// The current time, in AWS's format.
fn now() -> String {
    let mut now = Line::now().replace(['-', ':'], "");
    now.truncate("20260101T000000".len());
    now + "Z"
}

#[tokio::test]
async fn request_for_the_secret_has_a_valid_signature() {
    for (session, signed) in [
        (SESSION, "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"),
        // Long-term keys have no session token.
        ("", "content-type;host;x-amz-date;x-amz-target"),
    ] {
        let store = Store::start(Answers::secret(CLIENT_SECRET)).await;
        let mut env = stored(&store.url);
        env.insert("AWS_SESSION_TOKEN", session.into());
        let before = now();
        Function::start(&env, SECRET_WITHIN).await.expect("the environment is valid");
        let [request] = &store.seen()[..] else { panic!("one request") };
        assert_eq!((&request.method, request.uri.to_string()), (&Method::POST, "/".to_owned()));
        assert_eq!(request.headers["x-amz-target"], "secretsmanager.GetSecretValue");
        assert_eq!(request.headers["content-type"], "application/x-amz-json-1.1");
        let token =
            request.headers.get("x-amz-security-token").map_or("", |token| token.to_str().expect("valid UTF-8"));
        assert_eq!(token, session);
        let time = request.headers["x-amz-date"].to_str().expect("the text is UTF-8").to_owned();
        assert!((before..=now()).contains(&time), "{time}");
        assert_eq!(request.headers["authorization"], authorization(request, signed));
        assert_eq!(request.json(), json!({ "SecretId": ARN }));
    }
}

#[tokio::test]
async fn secret_is_read_once_and_no_request_waits_for_it() {
    let store = Store::start(Answers::secret(CLIENT_SECRET)).await;
    let bench = Bench::with_env(stored(&store.url)).await;
    assert_eq!(store.seen().len(), 1, "before any request");
    for _ in 0..3 {
        // The emulator accepts no other secret.
        assert_eq!(bench.call(bench.token_request()).await.status, 200);
    }
    assert_eq!((store.seen().len(), bench.emulator.exchanges()), (1, 3));
    assert!(!bench.function.log().concat().contains(CLIENT_SECRET));
}

#[tokio::test]
async fn secrets_manager_address_takes_precedence_over_the_general_one() {
    let (own, all) = (Store::start(Answers::secret(CLIENT_SECRET)).await, Store::start(Answers::Never).await);
    let mut env = stored(&own.url);
    env.insert("AWS_ENDPOINT_URL", all.url.clone().into());
    Function::start(&env, SECRET_WITHIN).await.expect("the environment is valid");
    assert_eq!((own.seen().len(), all.seen().len()), (1, 0));

    env.remove("AWS_ENDPOINT_URL_SECRETS_MANAGER");
    env.insert("AWS_ENDPOINT_URL", own.url.clone().into());
    Function::start(&env, SECRET_WITHIN).await.expect("the environment is valid");
    assert_eq!(own.seen().len(), 2);
}
