//! The function's own service in this process, without Lambda, so that it starts immediately.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use function::app::App;
use function::client;
use function::config::Config;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use xtask::workspace;

pub struct Function {
    pub url: String,
    log: Arc<Mutex<Vec<Value>>>,
    server: JoinHandle<()>,
}

impl Function {
    pub async fn start(environment: &BTreeMap<String, String>) -> Result<Self> {
        let config = Config::from_env(|name| environment.get(name).map(Into::into));
        let config = config.map_err(|error| anyhow!("{error}"))?;
        let client = client::build(&config.extra_roots).map_err(anyhow::Error::from_boxed)?;
        let config = config.read_secrets(&client, Duration::ZERO).await.map_err(|error| anyhow!("{error}"))?;
        let log = Arc::<Mutex<Vec<Value>>>::default();
        let written = Arc::clone(&log);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let url = format!("http://{address}");
        // Beside the logs of the other functions, in which a test searches for secrets.
        let file = workspace().join(format!("target/e2e/function-of-certified-{}.log", address.port()));
        let file = File::create(&file).with_context(|| format!("creating {}", file.display()))?;
        let app = Arc::new(App::new(config, client, move |line| {
            let line = serde_json::to_value(line).expect("a line is JSON");
            writeln!(&file, "{line}").expect("the log can be written");
            written.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }));
        let router = Router::new().fallback(move |request| answer(Arc::clone(&app), request));
        let server = tokio::spawn(async move {
            // It runs until it is aborted.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, log, server })
    }

    /// The last line that it has logged.
    pub fn last_line(&self) -> Result<Value> {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .last()
            .cloned()
            .context("the function has logged nothing")
    }
}

async fn answer(app: Arc<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else { return StatusCode::BAD_REQUEST.into_response() };
    let body = if body.is_empty() { lambda_http::Body::Empty } else { lambda_http::Body::Binary(body.to_vec()) };
    let answer = app.handle(lambda_http::Request::from_parts(parts, body)).await;
    answer.map(|body| Body::from(body.to_vec()))
}

impl Drop for Function {
    fn drop(&mut self) {
        self.server.abort();
    }
}
