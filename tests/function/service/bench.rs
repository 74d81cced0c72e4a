//! The set-up that all tests share: the service, an emulator behind it, and its log.

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use emulator::aniapi::{CLIENT_ID, CLIENT_SECRET, Emulator, Options};
use function::app::App;
use function::client;
use function::config::{self, Config, ConfigError, Unread};
use futures_util::FutureExt as _;
use http::{HeaderMap, Method, StatusCode, header};
use lambda_http::{Body, Request};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub const ORIGIN: &str = "https://app.example";
pub const REDIRECT_URI: &str = "https://app.example/auth";
pub const PERSON: &str = "demo@aniapi.test";

/// The default lifetime of a session, in seconds.
pub const MONTH: u64 = 30 * 24 * 60 * 60;

/// The `Content-Security-Policy` of every response.
pub const POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// The timeout for reading the secret: longer than any test waits.
pub const SECRET_WITHIN: Duration = Duration::from_secs(60);

/// An environment: names and values.
pub type Env = HashMap<&'static str, OsString>;

/// The minimal environment, with the provider at `url`.
pub fn env(url: &str) -> Env {
    [
        ("OAUTH_CLIENT_ID", CLIENT_ID.into()),
        ("OAUTH_CLIENT_SECRET", CLIENT_SECRET.into()),
        ("OAUTH_REDIRECT_URIS", format!("{REDIRECT_URI},http://localhost:3000/auth/").into()),
        ("OAUTH_TOKEN_URL", format!("{url}/v1/oauth/token").into()),
    ]
    .into()
}

pub fn config(env: &Env) -> Result<Config<Unread>, ConfigError> {
    Config::from_env(|name| env.get(name).cloned())
}

/// The service and its log.
pub struct Function {
    app: App,
    log: Arc<Mutex<Vec<String>>>,
}

impl Function {
    pub fn new(env: &Env) -> Self {
        Self::of(config(env).expect("the environment is valid"))
    }

    /// With a secret from the environment, so that no request is needed to read it.
    pub fn of(config: Config<Unread>) -> Self {
        let started = Self::started(config, SECRET_WITHIN).now_or_never();
        started.expect("the secret is in the environment").expect("the environment is valid")
    }

    /// With a secret from any source.
    pub async fn start(env: &Env, secret_within: Duration) -> Result<Self, ConfigError> {
        Self::started(config(env)?, secret_within).await
    }

    /// Starts the service as `main` does, and returns the whole message if it does not start.
    pub async fn load(env: &Env, secret_within: Duration) -> Result<Self, String> {
        let loaded = config::load(|name| env.get(name).cloned(), secret_within).await;
        let (config, client) = loaded.map_err(|error| error.to_string())?;
        Ok(Self::with(config, client))
    }

    async fn started(config: Config<Unread>, secret_within: Duration) -> Result<Self, ConfigError> {
        let client = client::build(&config.extra_roots).expect("the roots are valid");
        let config = config.read_secrets(&client, secret_within).await?;
        Ok(Self::with(config, client))
    }

    fn with(config: Config, client: Client) -> Self {
        let log = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&log);
        let app = App::new(config, client, move |line| {
            written
                .lock()
                .expect("the lock is not poisoned")
                .push(serde_json::to_string(line).expect("a line is JSON"));
        });
        Self { app, log }
    }

    pub async fn call(&self, request: Request) -> Answer {
        let response = self.app.handle(request).await;
        let (parts, body) = response.into_parts();
        Answer { status: parts.status, headers: parts.headers, body: body.to_vec() }
    }

    /// All log lines so far.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().expect("the lock is not poisoned").clone()
    }

    pub fn last_line(&self) -> Value {
        serde_json::from_str(self.log().last().expect("there is a log line")).expect("a line is JSON")
    }
}

/// The service with an emulator behind it.
pub struct Bench {
    pub emulator: Emulator,
    pub function: Function,
}

impl Bench {
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With additional or different variables.
    pub async fn with(variables: &[(&'static str, &str)]) -> Self {
        let mut env = env("");
        env.extend(variables.iter().map(|(name, value)| (*name, OsString::from(value))));
        Self::with_env(env).await
    }

    /// With this environment, in which the token endpoint is replaced by the emulator's.
    pub async fn with_env(mut env: Env) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("the socket is bound"));
        let options = Options { redirect_uri: REDIRECT_URI.into(), ..Options::default() };
        let emulator = Emulator::start(listener, options).await.expect("the emulator starts");
        env.insert("OAUTH_TOKEN_URL", format!("{url}/v1/oauth/token").into());
        let function = Function::start(&env, SECRET_WITHIN).await.expect("the environment is valid");
        Self { emulator, function }
    }

    /// A token request in the form that the app sends, with a valid code.
    pub fn token_request(&self) -> Request {
        post(&self.body())
    }

    pub fn body(&self) -> Value {
        json!({ "provider": "aniapi", "code": self.emulator.issue_code(PERSON), "redirect_uri": REDIRECT_URI })
    }

    pub async fn call(&self, request: Request) -> Answer {
        self.function.call(request).await
    }
}

/// A request with the headers that the app's page sends.
pub fn post(body: &Value) -> Request {
    post_bytes(body.to_string().as_bytes())
}

pub fn post_bytes(body: &[u8]) -> Request {
    let mut request = request(Method::POST, "/api/token");
    *request.body_mut() = Body::Binary(body.into());
    request.headers_mut().insert(header::ORIGIN, ORIGIN.parse().expect("a valid value"));
    request.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().expect("a valid value"));
    request
}

pub fn request(method: Method, path: &str) -> Request {
    let mut request = Request::new(Body::Empty);
    *request.method_mut() = method;
    *request.uri_mut() = format!("https://app.example{path}").parse().expect("a valid address");
    request
}

/// A response of the service.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("the text is UTF-8"))
    }

    /// Asserts that this is the documented error response, in all its parts.
    #[track_caller]
    pub fn assert_refusal(&self, status: u16, error: &str, retry: &str, case: &str) {
        assert_eq!(self.status.as_u16(), status, "{case}: {}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.header("content-type"), Some("application/json"), "{case}");
        assert_eq!(self.header("cache-control"), Some("no-store"), "{case}");
        let body = self.json();
        assert_eq!(body["error"], error, "{case}");
        assert_eq!(body["retry"], retry, "{case}");
        assert!(body["message"].as_str().is_some_and(|message| message.ends_with('.')), "{case}: {body}");
        assert!(body["request_id"].as_str().is_some_and(|id| !id.is_empty()), "{case}: {body}");
        assert_eq!(body.as_object().map(serde_json::Map::len), Some(4), "{case}: {body}");
        assert_eq!(self.header("content-security-policy"), Some(POLICY), "{case}");
        assert_eq!((self.header("set-cookie"), self.header("x-provider")), (None, None), "{case}");
        let cors = self.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
        assert_eq!(cors, None, "{case}");
    }
}
