//! The app's own address on this machine: it serves the built site and passes `/api/` to the function, as the edge does
//! where the app is deployed.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::any;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower_http::services::{ServeDir, ServeFile};

/// More than the function takes, so that it is the function that refuses.
const LARGEST_BODY: usize = 1024 * 1024;

/// A running site. Dropping it ends it.
#[derive(Debug)]
pub struct Site {
    edge: Arc<Edge>,
    port: u16,
    servers: Vec<JoinHandle<()>>,
}

/// A request for `/api/` that came in, whatever became of it.
#[derive(Clone, Debug)]
pub struct Call {
    /// Such as `POST`.
    pub method: String,
    /// With the query.
    pub path: String,
    /// What the browser sent beside it.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

#[derive(Debug)]
struct Edge {
    client: Client<HttpConnector, Body>,
    function: Mutex<String>,
    calls: Mutex<Vec<Call>>,
}

impl Site {
    /// Serves the folder, and the function at `function`, an origin such as `http://127.0.0.1:9000`. Every answer carries
    /// `headers`.
    ///
    /// # Errors
    /// Where there is no listener.
    pub fn start(listeners: Vec<TcpListener>, folder: &Path, function: &str, headers: HeaderMap) -> Result<Self> {
        let port = listeners.first().context("no listener to serve on")?.local_addr()?.port();
        let edge = Arc::new(Edge {
            client: Client::builder(TokioExecutor::new()).build_http(),
            function: Mutex::new(function.to_owned()),
            calls: Mutex::default(),
        });
        // An address that is no file gives the app, which says what is not found.
        let files = ServeDir::new(folder).fallback(ServeFile::new(folder.join("index.html")));
        let router = Router::new()
            .route("/api/{*path}", any(pass_on))
            .fallback_service(files)
            .layer(middleware::from_fn_with_state(Arc::new(headers), finish))
            .with_state(Arc::clone(&edge));
        let serve = |listener| {
            let router = router.clone();
            tokio::spawn(async move {
                // It ends only by being aborted.
                let _ = axum::serve(listener, router).await;
            })
        };
        Ok(Self { edge, port, servers: listeners.into_iter().map(serve).collect() })
    }

    /// Where it is: `http://localhost:PORT`.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Every request for `/api/` since the last [`Site::forget`].
    pub fn calls(&self) -> Vec<Call> {
        locked(&self.edge.calls).clone()
    }

    /// How many codes were posted to the function.
    pub fn exchanges(&self) -> usize {
        self.calls().iter().filter(|call| call.method == "POST" && call.path == "/api/token").count()
    }

    /// Forgets the requests.
    pub fn forget(&self) {
        locked(&self.edge.calls).clear();
    }

    /// Passes `/api/` to another origin from now on; one where nobody listens is a function that is down.
    pub fn point_at(&self, function: &str) {
        function.clone_into(&mut locked(&self.edge.function));
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

/// Adds the site's headers. The files of a site that is being worked on change, so each is asked for again, and answered
/// with 304 if it has not.
async fn finish(State(headers): State<Arc<HeaderMap>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response.headers_mut().extend(HeaderMap::clone(&headers));
    response
}

async fn pass_on(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    locked(&edge.calls).push(Call {
        method: parts.method.to_string(),
        path: path.clone(),
        headers: parts.headers.clone(),
        body: body.clone(),
    });
    let function = locked(&edge.function).clone();
    let Ok(uri) = format!("{function}{path}").parse::<Uri>() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    parts.uri = uri;
    // As CloudFront does: the function is told its own name.
    parts.headers.remove(header::HOST);
    let answer = edge.client.request(Request::from_parts(parts, Body::from(body))).await;
    match answer {
        Ok(answer) => answer.map(Body::new).into_response(),
        // What an edge says of an origin that does not answer: its own page, in HTML.
        Err(_) => (StatusCode::BAD_GATEWAY, Html("<h1>502 Bad Gateway</h1>")).into_response(),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is inside is whole after every statement, so a panic elsewhere has not broken it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
