//! One instance of the binary itself, under a Lambda Runtime API.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use function_tests::runtime_api::{Outcome, RuntimeApi};
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use tokio::task::block_in_place;

use crate::program;

/// Longer than any instance takes to end. Without this limit, a test that should fail would hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the function sent to the platform for an invocation.
#[derive(Debug)]
pub enum Reply {
    Response(Value),
    Error(String),
}

/// The function's client secret, from any source.
pub const SECRET: &str = "11111111-2222-3333-4444-666666666666";

/// A platform with one instance of the function. Its calls block, so the tests run on several threads.
pub struct Platform {
    api: RuntimeApi,
    /// The process is killed when this is dropped.
    function: Child,
    /// The file with everything it writes.
    output: PathBuf,
}

impl Platform {
    /// With a provider address at which nothing listens.
    pub async fn start() -> Self {
        Self::with_provider("127.0.0.1:1").await
    }

    pub async fn with_provider(provider: &str) -> Self {
        Self::with(provider, &[("OAUTH_CLIENT_SECRET", SECRET)]).await
    }

    /// With these variables for the source of the secret.
    pub async fn with(provider: &str, secret: &[(&str, &str)]) -> Self {
        let api = RuntimeApi::start().expect("a port is free");
        let address = api.address().to_string();
        let output =
            std::env::temp_dir().join(format!("function-{}-{}.log", std::process::id(), address.replace(':', "-")));
        let written = std::fs::File::create(&output).expect("a temporary file can be written");
        let function = Command::from(program::command())
            .envs([
                ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
                ("AWS_LAMBDA_FUNCTION_NAME", "function"),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
                ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
                ("OAUTH_CLIENT_ID", "11111111-2222-3333-4444-555555555555"),
                ("OAUTH_REDIRECT_URIS", "https://app.example/auth"),
                // Longer than any test waits, so that only the platform's deadline ends an exchange.
                ("OAUTH_TIMEOUT_MS", "900000"),
                ("OAUTH_TOKEN_URL", &format!("http://{provider}/v1/oauth/token")),
            ])
            .envs(secret.iter().copied())
            .stdout(written.try_clone().expect("the handle can be cloned"))
            .stderr(written)
            .kill_on_drop(true)
            .spawn()
            .expect("the function starts");
        Self { api, function, output }
    }

    /// Invokes the function with a deadline that is far enough away.
    pub async fn invoke(&mut self, event: &str) -> Reply {
        self.invoke_until(event, &in_ms(10_000)).await
    }

    pub async fn invoke_until(&mut self, event: &str, deadline: &str) -> Reply {
        let outcome = block_in_place(|| self.api.invoke_until(event, deadline));
        match outcome.expect("every invocation has an outcome") {
            Outcome::Response(response) => {
                Reply::Response(serde_json::from_slice(&response.answer).expect("a response is JSON"))
            }
            Outcome::Error(error) => Reply::Error(error),
        }
    }

    /// Invokes the function with a request, and returns the status of its response.
    pub async fn request(&mut self, event: &Value) -> u64 {
        match self.invoke(&event.to_string()).await {
            Reply::Response(answer) => answer["statusCode"].as_u64().expect("a response has a status"),
            Reply::Error(error) => panic!("{event}: {error}"),
        }
    }

    /// The id of the function's process.
    pub fn process(&self) -> u32 {
        self.function.id().expect("the function runs")
    }

    /// Waits until the function polls for the next event.
    pub async fn polled(&mut self) {
        block_in_place(|| self.api.asked()).expect("the function polls again");
    }

    /// Waits until the function ends, and returns its exit code.
    pub async fn ended(&mut self) -> Option<i32> {
        let status = tokio::time::timeout(PATIENCE, self.function.wait()).await;
        status.expect("the function ends").expect("the function was started").code()
    }

    /// Everything that the function has written so far.
    pub fn output(&self) -> String {
        std::fs::read_to_string(&self.output).expect("the text is UTF-8")
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.output);
    }
}

/// A deadline that many milliseconds from now.
pub fn in_ms(ms: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is after 1970").as_millis() as i64;
    (now + ms).to_string()
}

/// A request in the form that a function URL sends: the one in the event file, with this method and path and no body.
pub fn event(method: &str, path: &str) -> Value {
    let mut event: Value =
        serde_json::from_str(include_str!("../../../function/events/token.json")).expect("valid JSON");
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
