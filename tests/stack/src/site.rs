//! The app's own address on this machine: it serves the built site and passes `/api/` to the function, as the edge does
//! where the app is deployed.

mod reload;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use deploy::headers::Headers;
use deploy::sha256;
use futures_util::TryStreamExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower_http::services::{ServeDir, ServeFile};

use self::reload::Builds;

/// More than the function takes, so that it is the function that refuses.
const LARGEST_BODY: usize = 1024 * 1024;

/// A running site. Dropping it ends it.
#[derive(Debug)]
pub struct Site {
    edge: Arc<Edge>,
    builds: Option<Arc<Builds>>,
    port: u16,
    servers: Vec<JoinHandle<()>>,
}

/// A request that came in, whatever became of it.
#[derive(Clone, Debug)]
pub struct Call {
    /// Such as `POST`.
    pub method: String,
    /// With the query.
    pub path: String,
    /// What the browser sent beside it.
    pub headers: HeaderMap,
    /// The body; only of one for `/api/`.
    pub body: Bytes,
}

#[derive(Debug)]
struct Edge {
    client: Client<HttpConnector, Body>,
    function: Mutex<String>,
    calls: Mutex<Vec<Call>>,
    told: Mutex<Vec<u8>>,
    signs: AtomicBool,
}

impl Site {
    /// Serves the folder, and the function at `function`, an origin such as `http://127.0.0.1:9000`, with the `headers` of
    /// the deployment.
    ///
    /// # Errors
    /// Where there is no listener.
    pub fn start(listeners: Vec<TcpListener>, folder: &Path, function: &str, headers: Headers) -> Result<Self> {
        Self::start_with(None, listeners, folder, function, headers)
    }

    /// The same, with pages that are loaded again by [`Site::reload`].
    ///
    /// # Errors
    /// As [`Site::start`].
    pub fn start_reloading(
        listeners: Vec<TcpListener>,
        folder: &Path,
        function: &str,
        headers: Headers,
    ) -> Result<Self> {
        Self::start_with(Some(Builds::new()), listeners, folder, function, headers)
    }

    fn start_with(
        builds: Option<Arc<Builds>>,
        listeners: Vec<TcpListener>,
        folder: &Path,
        function: &str,
        headers: Headers,
    ) -> Result<Self> {
        let port = listeners.first().context("no listener to serve on")?.local_addr()?.port();
        let edge = Arc::new(Edge {
            client: Client::builder(TokioExecutor::new()).build_http(),
            function: Mutex::new(function.to_owned()),
            calls: Mutex::default(),
            told: Mutex::default(),
            signs: AtomicBool::new(false),
        });
        // An address that is no file gives the app, which says what is not found.
        let app = ServeFile::new(folder.join("index.html")).precompressed_br().precompressed_gzip();
        let files = ServeDir::new(folder).precompressed_br().precompressed_gzip().fallback(app);
        let layer = Layer { edge: Arc::clone(&edge), folder: folder.to_owned(), headers, reloads: builds.is_some() };
        let router = Router::new()
            .route("/api/{*path}", any(pass_on))
            .fallback_service(files)
            .layer(middleware::from_fn_with_state(Arc::new(layer), finish))
            .with_state(Arc::clone(&edge))
            .merge(builds.as_ref().map_or_else(Router::new, Builds::routes));
        let serve = |listener| {
            let router = router.clone();
            tokio::spawn(async move {
                // It ends only by being aborted.
                let _ = axum::serve(listener, router).await;
            })
        };
        Ok(Self { edge, builds, port, servers: listeners.into_iter().map(serve).collect() })
    }

    /// Loads every page again that is open, if this site was started for that.
    pub fn reload(&self) {
        if let Some(builds) = &self.builds {
            builds.next();
        }
    }

    /// Where it is: `http://localhost:PORT`.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Every request since the last [`Site::forget`].
    pub fn requests(&self) -> Vec<Call> {
        locked(&self.edge.calls).clone()
    }

    /// Those for `/api/` among them.
    pub fn calls(&self) -> Vec<Call> {
        let mut calls = self.requests();
        calls.retain(|call| is_for_function(&call.path));
        calls
    }

    /// Everything that the function has answered since the site was started, headers and bodies, one after the other.
    pub fn told(&self) -> Vec<u8> {
        locked(&self.edge.told).clone()
    }

    /// How many codes were posted to the function.
    pub fn exchanges(&self) -> usize {
        self.calls().iter().filter(|call| call.method == "POST" && call.path == "/api/token").count()
    }

    /// Forgets the requests.
    pub fn forget(&self) {
        locked(&self.edge.calls).clear();
    }

    /// From now on, or no longer, `/api/` is passed on as by CloudFront with origin access control: what it passes to the
    /// function is signed, a body by the hash in `x-amz-content-sha256`, and the function's address refuses a hash that is
    /// not the body's.
    pub fn sign(&self, signs: bool) {
        self.edge.signs.store(signs, Ordering::Relaxed);
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

/// What stands around files and function.
struct Layer {
    edge: Arc<Edge>,
    folder: PathBuf,
    headers: Headers,
    /// Whether pages are loaded again when the site was rebuilt.
    reloads: bool,
}

/// Adds the deployment's headers, and each file's cache rule; the function has said its own.
async fn finish(State(layer): State<Arc<Layer>>, request: Request, next: Next) -> Response {
    if !is_for_function(request.uri().path()) {
        layer.edge.note(request.method(), request.uri(), request.headers(), Bytes::new());
    }
    let file = layer.folder.join(request.uri().path().trim_start_matches('/'));
    let mut response = next.run(request).await;
    // An address that is no file was answered with the app, whose own name stays.
    let file = if file.is_file() { file } else { layer.folder.join("index.html") };
    let cache_control = layer.headers.cache_control(&file).clone();
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(cache_control);
    response.headers_mut().extend(layer.headers.every.clone());
    if layer.reloads { reload::inject(response).await } else { response }
}

async fn pass_on(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    edge.note(&parts.method, &parts.uri, &parts.headers, body.clone());
    if edge.signs.load(Ordering::Relaxed) && !is_hashed(&parts.headers, &body) {
        let told = "The request signature we calculated does not match the signature you provided.";
        return (StatusCode::FORBIDDEN, Json(json!({ "message": told }))).into_response();
    }
    let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let function = locked(&edge.function).clone();
    let Ok(uri) = format!("{function}{path}").parse::<Uri>() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    parts.uri = uri;
    // As CloudFront does: the function is told its own name.
    parts.headers.remove(header::HOST);
    let answer = edge.client.request(Request::from_parts(parts, Body::from(body))).await;
    match answer {
        Ok(answer) => edge.pass_back(answer.map(Body::new)),
        // What an edge says of an origin that does not answer: its own page, in HTML.
        Err(_) => (StatusCode::BAD_GATEWAY, Html("<h1>502 Bad Gateway</h1>")).into_response(),
    }
}

impl Edge {
    fn note(&self, method: &Method, uri: &Uri, headers: &HeaderMap, body: Bytes) {
        let path = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        locked(&self.calls).push(Call { method: method.to_string(), path, headers: headers.clone(), body });
    }

    /// Hands an answer on as it comes; one that breaks off breaks off here, too.
    fn pass_back(self: Arc<Self>, answer: Response) -> Response {
        let (parts, body) = answer.into_parts();
        locked(&self.told).extend_from_slice(format!("{parts:?}\n").as_bytes());
        let body = body.into_data_stream().inspect_ok(move |chunk| locked(&self.told).extend_from_slice(chunk));
        (parts, Body::from_stream(body)).into_response()
    }
}

/// Whether the headers name the body's hash; a request without a body needs none.
fn is_hashed(headers: &HeaderMap, body: &[u8]) -> bool {
    body.is_empty() || headers.get("x-amz-content-sha256").is_some_and(|told| told == sha256(body).as_str())
}

fn is_for_function(path: &str) -> bool {
    path.starts_with("/api/")
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is inside is whole after every statement, so a panic elsewhere has not broken it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use deploy::{headers, template_path};

    #[tokio::test]
    async fn each_kind_of_file_has_its_cache_rule_and_every_answer_the_policy() {
        let folder = std::env::temp_dir().join(format!("site-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        for file in ["index.html", "style-0123456789abcdef.css"] {
            std::fs::write(folder.join(file), "x").expect("a temporary file");
        }
        let headers =
            headers::read(&template_path(), &deploy::template::Parameters::new()).expect("the template is right");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        // Where nobody listens.
        let _site = Site::start(vec![listener], &folder, "http://127.0.0.1:1", headers).expect("the site starts");

        let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
        for (path, status, cache_control) in [
            ("/", 200, "no-cache"),
            ("/index.html", 200, "no-cache"),
            ("/auth?code=c&state=s", 200, "no-cache"),
            ("/style-0123456789abcdef.css", 200, "public, max-age=31536000, immutable"),
            // The app, which says that there is no such page: not to be kept for a year under this name.
            ("/gone-0123456789abcdef.css", 200, "no-cache"),
            ("/api/config", 502, "no-cache"),
        ] {
            let answer = client.get(format!("{url}{path}").parse().expect("an address")).await.expect("an answer");
            assert_eq!(answer.status(), status, "{path}");
            assert_eq!(answer.headers()["cache-control"], cache_control, "{path}");
            let policy = answer.headers()["content-security-policy"].to_str().expect("it is text");
            assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        }
        std::fs::remove_dir_all(&folder).expect("it is ours");
    }
}
