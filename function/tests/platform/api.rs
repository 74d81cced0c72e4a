//! A Lambda Runtime API of our own, with one instance of the binary itself under it.

use std::path::PathBuf;
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
use tokio::sync::{Mutex, mpsc, watch};

/// So long no invocation takes; without it a test that should fail would hang instead.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the function told the platform of an invocation.
#[derive(Debug)]
pub enum Told {
    Response(Value),
    Error(String),
}

/// The secret that the function has, wherever it is from.
pub const SECRET: &str = "11111111-2222-3333-4444-666666666666";

/// A platform with one instance of the function.
pub struct Platform {
    events: mpsc::UnboundedSender<Event>,
    told: mpsc::UnboundedReceiver<Told>,
    /// How often the function asked for the next event.
    polls: watch::Receiver<usize>,
    /// Killed when it is dropped.
    function: Child,
    /// What it writes.
    output: PathBuf,
}

/// What it is invoked with, and its deadline as the platform says it.
#[derive(Debug)]
struct Event {
    body: String,
    deadline: String,
}

struct Api {
    events: Mutex<mpsc::UnboundedReceiver<Event>>,
    told: mpsc::UnboundedSender<Told>,
    polls: watch::Sender<usize>,
}

impl Platform {
    /// With a provider that nobody listens for.
    pub async fn start() -> Self {
        Self::with_provider("127.0.0.1:1").await
    }

    pub async fn with_provider(provider: &str) -> Self {
        Self::with(provider, &[("OAUTH_CLIENT_SECRET", SECRET)]).await
    }

    /// With these variables to say where the secret is.
    pub async fn with(provider: &str, secret: &[(&str, &str)]) -> Self {
        let (events, next) = mpsc::unbounded_channel();
        let (tell, told) = mpsc::unbounded_channel();
        let (polling, polls) = watch::channel(0);
        let api = Arc::new(Api { events: Mutex::new(next), told: tell, polls: polling });
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next_event))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .with_state(api);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound").to_string();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let output =
            std::env::temp_dir().join(format!("function-{}-{}.log", std::process::id(), address.replace(':', "-")));
        let written = std::fs::File::create(&output).expect("a temporary file");
        let function = program()
            .envs([
                ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
                ("AWS_LAMBDA_FUNCTION_NAME", "function"),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
                ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
                ("OAUTH_CLIENT_ID", "11111111-2222-3333-4444-555555555555"),
                ("OAUTH_REDIRECT_URIS", "https://app.example/auth"),
                // Longer than any test waits for: it is the platform's deadline that ends an exchange here.
                ("OAUTH_TIMEOUT_MS", "900000"),
                ("OAUTH_TOKEN_URL", &format!("http://{provider}/v1/oauth/token")),
            ])
            .envs(secret.iter().copied())
            .stdout(written.try_clone().expect("another handle"))
            .stderr(written)
            .kill_on_drop(true)
            .spawn()
            .expect("the function starts");
        Self { events, told, polls, function, output }
    }

    /// Invokes it with plenty of time.
    pub async fn invoke(&mut self, event: &str) -> Told {
        self.invoke_until(event, &in_ms(10_000)).await
    }

    pub async fn invoke_until(&mut self, event: &str, deadline: &str) -> Told {
        let event = Event { body: event.into(), deadline: deadline.into() };
        self.events.send(event).expect("the platform runs");
        let told = tokio::time::timeout(PATIENCE, self.told.recv()).await;
        told.ok().flatten().expect("the function tells something of every invocation")
    }

    /// Invokes it with a request, and gives the status of its answer.
    pub async fn request(&mut self, event: &Value) -> u64 {
        match self.invoke(&event.to_string()).await {
            Told::Response(answer) => answer["statusCode"].as_u64().expect("an answer has a status"),
            Told::Error(error) => panic!("{event}: {error}"),
        }
    }
}

impl Platform {
    /// The id of the function's process.
    pub fn process(&self) -> u32 {
        self.function.id().expect("it runs")
    }

    /// Waits until it asks for the next event, once more than the last time.
    pub async fn polled(&mut self) {
        let polled = tokio::time::timeout(PATIENCE, self.polls.changed()).await;
        polled.expect("the function asks for more").expect("the platform runs");
    }

    /// Waits until it ends, and gives its exit code.
    pub async fn ended(&mut self) -> Option<i32> {
        let status = tokio::time::timeout(PATIENCE, self.function.wait()).await;
        status.expect("it ends").expect("it was started").code()
    }

    /// Everything that it has written so far, as text.
    pub fn output(&self) -> String {
        std::fs::read_to_string(&self.output).expect("it is text")
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.output);
    }
}

/// The function's program: our own build, or the one that `FUNCTION_PROGRAM` names, under the command of `FUNCTION_UNDER`
/// where it is to be emulated. `cargo xtask test` puts what is deployed here.
fn program() -> Command {
    let program = std::env::var_os("FUNCTION_PROGRAM").unwrap_or(env!("CARGO_BIN_EXE_function").into());
    let under = std::env::var("FUNCTION_UNDER").unwrap_or_default();
    let mut under = under.split_whitespace();
    let mut command = match under.next() {
        Some(emulator) => {
            let mut command = Command::new(emulator);
            command.args(under).arg(program);
            command
        }
        None => Command::new(program),
    };
    command.env_clear();
    command
}

/// A deadline so many milliseconds from now.
pub fn in_ms(ms: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_millis() as i64;
    (now + ms).to_string()
}

async fn next_event(State(api): State<Arc<Api>>) -> Response<Body> {
    api.polls.send_modify(|polls| *polls += 1);
    let event = api.events.lock().await.recv().await.expect("the test goes on");
    Response::builder()
        .header("lambda-runtime-aws-request-id", "an-invocation")
        .header("lambda-runtime-deadline-ms", event.deadline)
        .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:function")
        .body(event.body.into())
        .expect("these are headers")
}

async fn response(State(api): State<Arc<Api>>, Path(_id): Path<String>, body: String) {
    let answer = serde_json::from_str(&body).expect("an answer is JSON");
    api.told.send(Told::Response(answer)).expect("the test goes on");
}

async fn error(State(api): State<Arc<Api>>, Path(_id): Path<String>, body: String) {
    api.told.send(Told::Error(body)).expect("the test goes on");
}

/// A request as a function URL sends it: the one of the event file, by this method and to this path, without a body.
pub fn event(method: &str, path: &str) -> Value {
    let mut event: Value = serde_json::from_str(include_str!("../../events/token.json")).expect("it is JSON");
    event["rawPath"] = path.into();
    event["requestContext"]["http"]["method"] = method.into();
    event["requestContext"]["http"]["path"] = path.into();
    event["headers"]["origin"] = "https://app.example".into();
    event.as_object_mut().expect("an event is an object").remove("body");
    event
}

/// A token request with this code.
pub fn token_event(code: &str) -> Value {
    let mut token = event("POST", "/api/token");
    let body = json!({ "provider": "aniapi", "code": code, "redirect_uri": "https://app.example/auth" });
    token["body"] = body.to_string().into();
    token
}
