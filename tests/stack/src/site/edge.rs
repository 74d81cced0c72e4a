//! How the edge handles a request: limits, behaviour, cache, origin and response headers, in CloudFront's order.

use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse as _, Response};
use deploy::addresses;
use deploy::headers::Headers;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::sync::watch;

use super::bucket::Bucket;
use super::caching::Cache;
use super::distribution::{Behaviour, Distribution, Origin, Policy};

/// The largest body; above the function's limits, so that the function rejects larger ones.
const LARGEST_BODY: usize = 1024 * 1024;
/// CloudFront's limits for a URL, and for a request without its body (its page "Quotas").
const LONGEST_URL: usize = 8_192;
const LARGEST_HEAD: usize = 20_480;

/// A received request, whether or not it was forwarded.
#[derive(Clone, Debug)]
pub struct Call {
    /// The method, such as `POST`.
    pub method: String,
    /// The path and the query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

#[derive(Debug)]
pub(super) struct Edge {
    pub(super) client: Client<HttpConnector, Body>,
    pub(super) distribution: Mutex<Arc<Distribution>>,
    pub(super) bucket: Mutex<Arc<Bucket>>,
    pub(super) headers: Mutex<Headers>,
    pub(super) cache: Cache,
    /// Whether responses are cached.
    pub(super) caches: bool,
    pub(super) function: Mutex<String>,
    pub(super) calls: Mutex<Vec<Call>>,
    pub(super) responses: Mutex<Vec<u8>>,
    /// The port in the session cookie's name.
    pub(super) session_port: AtomicU16,
    pub(super) loses_answers: AtomicBool,
    /// The method and path of requests that wait.
    pub(super) held: watch::Sender<Option<(Method, String)>>,
}

/// Responds to a request.
pub(super) async fn answer(State(edge): State<Arc<Edge>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    edge.record(&parts, body.clone());
    if is_too_large(&parts) {
        return refused(StatusCode::PAYLOAD_TOO_LARGE, "The request or its URL is too long.");
    }
    let distribution = Arc::clone(&locked(&edge.distribution));
    let Some(behaviour) = distribution.behaviour(parts.uri.path()) else {
        return refused(StatusCode::BAD_REQUEST, "No behaviour matches this path.");
    };
    if !behaviour.methods.contains(&parts.method) {
        return refused(StatusCode::FORBIDDEN, "The distribution does not allow this method.");
    }
    let is_read = [Method::GET, Method::HEAD].contains(&parts.method);
    if is_read && !body.is_empty() {
        return refused(StatusCode::FORBIDDEN, "A GET request must not have a body.");
    }
    let path = edge.path(behaviour, &parts);
    let query = parts.uri.query().unwrap_or_default();
    let port = edge.session_port.load(Ordering::Relaxed);
    let key = behaviour.caching.key(&parts.method, &path, query, &parts.headers, port);
    let cached = edge.cache.get(&key).filter(|_| is_read && edge.caches);
    let mut answer = match cached {
        Some(cached) => cached,
        None => {
            let answer = match behaviour.origin {
                Origin::Bucket => edge.stored().get(&path, distribution.lists_bucket),
                Origin::Function => Arc::clone(&edge).ask_function(behaviour, &parts, body).await,
            };
            let answer = edge.with_error_page(&distribution, answer);
            let ttl = behaviour.caching.ttl(answer.status(), answer.headers(), &distribution.errors);
            if is_read && edge.caches && ttl > 0 {
                edge.store(key, [parts.uri.path().to_owned(), path], answer, ttl).await
            } else {
                answer
            }
        }
    };
    answer.headers_mut().extend(edge.policy(behaviour.headers));
    if behaviour.origin == Origin::Bucket { not_modified(&parts, answer) } else { answer }
}

impl Edge {
    pub(super) fn record(&self, parts: &Parts, body: Bytes) {
        let path = path_and_query(&parts.uri);
        locked(&self.calls).push(Call { method: parts.method.to_string(), path, headers: parts.headers.clone(), body });
    }

    fn stored(&self) -> Arc<Bucket> {
        Arc::clone(&locked(&self.bucket))
    }

    /// The path in the request to the origin.
    fn path(&self, behaviour: &Behaviour, parts: &Parts) -> String {
        if !behaviour.finds_files {
            return parts.uri.path().to_owned();
        }
        let accepted = parts.headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
        addresses::stored(parts.uri.path(), accepted.unwrap_or_default(), "")
    }

    /// Replaces an error by a page of the site (`ResponsePagePath`).
    fn with_error_page(&self, distribution: &Distribution, answer: Response) -> Response {
        let rule = distribution.errors.get(&answer.status().as_u16());
        let Some((page, status)) = rule.and_then(|rule| rule.page.as_ref()) else { return answer };
        let mut page = self.stored().get(page, distribution.lists_bucket);
        *page.status_mut() = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
        page
    }

    async fn store(&self, key: String, paths: [String; 2], answer: Response, ttl: u64) -> Response {
        let (parts, body) = answer.into_parts();
        // An incomplete response is not cached.
        let Ok(body) = to_bytes(body, usize::MAX).await else { return StatusCode::BAD_GATEWAY.into_response() };
        let answer = Response::from_parts(parts, Body::from(body.clone()));
        self.cache.store(key, paths, &answer, body, ttl);
        answer
    }

    /// The headers that a response headers policy adds or replaces.
    fn policy(&self, policy: Option<Policy>) -> HeaderMap {
        match policy {
            Some(Policy::Site) => locked(&self.headers).every.clone(),
            Some(Policy::Api) => locked(&self.headers).api.clone(),
            None => HeaderMap::new(),
        }
    }
}

fn path_and_query(uri: &Uri) -> String {
    uri.path_and_query().map(ToString::to_string).unwrap_or_default()
}

fn is_too_large(parts: &Parts) -> bool {
    let url = path_and_query(&parts.uri).len();
    let host = parts.headers.get(header::HOST).map_or(0, |host| host.len());
    let headers = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    let head = parts.method.as_str().len() + url + " HTTP/1.1\r\n".len() + 1 + headers.sum::<usize>();
    "https://".len() + host + url > LONGEST_URL || head > LARGEST_HEAD
}

/// An error of the edge itself.
fn refused(status: StatusCode, why: &str) -> Response {
    (status, Html(format!("<h1>{} ERROR</h1><p>{why}</p>", status.as_u16()))).into_response()
}

/// Replaces a response by 304 if the browser already has it.
fn not_modified(parts: &Parts, answer: Response) -> Response {
    let has = parts.headers.get(header::IF_NONE_MATCH).zip(answer.headers().get(header::ETAG));
    if answer.status() != StatusCode::OK || has.is_none_or(|(has, tag)| has != tag) {
        return answer;
    }
    let (mut parts, _) = answer.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    for name in [header::CONTENT_LENGTH, header::CONTENT_TYPE, header::CONTENT_ENCODING] {
        parts.headers.remove(name);
    }
    Response::from_parts(parts, Body::empty())
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The value is consistent after each statement, so a panic in another thread has not corrupted it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
