//! The binary itself under a Lambda Runtime API of our own: what the platform may hand it, and that it goes on after.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, mpsc};

/// What the function told the platform of an invocation.
#[derive(Debug)]
enum Told {
    Response(Value),
    Error(String),
}

/// A platform with one instance of the function.
struct Platform {
    events: mpsc::UnboundedSender<String>,
    told: mpsc::UnboundedReceiver<Told>,
    /// Killed when it is dropped.
    _function: Child,
}

struct Api {
    events: Mutex<mpsc::UnboundedReceiver<String>>,
    told: mpsc::UnboundedSender<Told>,
}

impl Platform {
    async fn start() -> Self {
        let (events, next) = mpsc::unbounded_channel();
        let (tell, told) = mpsc::unbounded_channel();
        let api = Arc::new(Api { events: Mutex::new(next), told: tell });
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next_event))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .with_state(api);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound").to_string();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let function = Command::new(env!("CARGO_BIN_EXE_function"))
            .env_clear()
            .envs([
                ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
                ("AWS_LAMBDA_FUNCTION_NAME", "function"),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
                ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
                ("OAUTH_CLIENT_ID", "11111111-2222-3333-4444-555555555555"),
                ("OAUTH_CLIENT_SECRET", "11111111-2222-3333-4444-666666666666"),
                ("OAUTH_REDIRECT_URIS", "https://app.example/auth"),
                ("OAUTH_TOKEN_URL", "http://127.0.0.1:1/v1/oauth/token"),
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the function starts");
        Self { events, told, _function: function }
    }

    async fn invoke(&mut self, event: &str) -> Told {
        self.events.send(event.into()).expect("the platform runs");
        self.told.recv().await.expect("the function tells something of every invocation")
    }

    /// Invokes it with a request, and gives the status of its answer.
    async fn request(&mut self, event: &Value) -> u64 {
        match self.invoke(&event.to_string()).await {
            Told::Response(answer) => answer["statusCode"].as_u64().expect("an answer has a status"),
            Told::Error(error) => panic!("{event}: {error}"),
        }
    }
}

async fn next_event(State(api): State<Arc<Api>>) -> Response<Body> {
    let event = api.events.lock().await.recv().await.expect("the test goes on");
    let deadline = SystemTime::now() + Duration::from_secs(10);
    let deadline = deadline.duration_since(UNIX_EPOCH).expect("it is after 1970").as_millis();
    Response::builder()
        .header("lambda-runtime-aws-request-id", "an-invocation")
        .header("lambda-runtime-deadline-ms", deadline.to_string())
        .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:function")
        .body(event.into())
        .expect("these are headers")
}

async fn response(State(api): State<Arc<Api>>, Path(_id): Path<String>, body: String) {
    let answer = serde_json::from_str(&body).expect("an answer is JSON");
    api.told.send(Told::Response(answer)).expect("the test goes on");
}

async fn error(State(api): State<Arc<Api>>, Path(_id): Path<String>, body: String) {
    api.told.send(Told::Error(body)).expect("the test goes on");
}

/// A request as a function URL sends it.
fn event(method: &str, path: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": { "host": "x.lambda-url.eu-central-1.on.aws", "origin": "https://app.example", "content-type": "application/json" },
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "x",
            "domainName": "x.lambda-url.eu-central-1.on.aws",
            "domainPrefix": "x",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "x" },
            "requestId": "x",
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1_767_225_600_000_u64,
        },
        "isBase64Encoded": false,
    })
}

#[tokio::test]
async fn requests_of_a_function_url_are_answered() {
    let mut platform = Platform::start().await;
    assert_eq!(platform.request(&event("GET", "/api/health")).await, 204);
    assert_eq!(platform.request(&event("GET", "/api/config")).await, 200);
    assert_eq!(platform.request(&event("OPTIONS", "/api/token")).await, 405);
    let mut token = event("POST", "/api/token");
    token["body"] = r#"{"provider":"aniapi","code":"c","redirect_uri":"https://app.example/auth"}"#.into();
    assert_eq!(platform.request(&token).await, 502, "nobody listens where the provider should be");
    // The same in base64, as a function URL sends what it does not take for text.
    token["body"] =
        "eyJwcm92aWRlciI6ImFuaWFwaSIsImNvZGUiOiJjIiwicmVkaXJlY3RfdXJpIjoiaHR0cHM6Ly9hcHAuZXhhbXBsZS9hdXRoIn0=".into();
    token["isBase64Encoded"] = true.into();
    assert_eq!(platform.request(&token).await, 502);
}

#[tokio::test]
async fn what_is_no_http_request_is_refused_without_repeating_it_and_the_next_is_answered() {
    let mut platform = Platform::start().await;
    for strange in [
        r#"{}"#,
        r#"{"hush":"hush"}"#,
        r#"["hush"]"#,
        r#""hush""#,
        "7",
        "null",
        r#"{"Records":[{"eventSource":"aws:sqs","body":"hush"}]}"#,
        r#"{"version":"2.0","rawPath":"hush"}"#,
        "hush",
        "",
    ] {
        match platform.invoke(strange).await {
            Told::Error(error) => assert!(!error.contains("hush"), "{strange}: {error}"),
            Told::Response(answer) => panic!("{strange}: {answer}"),
        }
        assert_eq!(platform.request(&event("GET", "/api/health")).await, 204, "after {strange}");
    }
}

#[tokio::test]
async fn a_strange_path_is_not_found_and_ends_nothing() {
    let mut platform = Platform::start().await;
    let long = format!("/{}", "a".repeat(20_000));
    for path in [
        "",
        "/",
        "api/token",
        "//",
        "/api/token ",
        "/api/token%20",
        "/api/token\0",
        "/api/tökén",
        "/%",
        "/%zz",
        "/a b",
        "/api/x/../token",
        "/api/./token",
        "/api//token",
        "\\api\\token",
        "/?",
        "/#",
        &long,
    ] {
        match platform.invoke(&event("POST", path).to_string()).await {
            Told::Response(answer) => assert_eq!(answer["statusCode"], 404, "{path:?}: {answer}"),
            Told::Error(error) => assert!(!error.contains("token"), "{path:?}: {error}"),
        }
        assert_eq!(platform.request(&event("GET", "/api/health")).await, 204, "after {path:?}");
    }
}
