//! An API to call with a token. It echoes requests, and produces responses that a client or a proxy has to withstand.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::any;
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use serde_json::{Value, json};

use super::cors;
use super::parameters::Parameters;
use super::provider::{Provider, bearer};

/// The first path segments of the API's calls.
const CALLS: [&str; 6] = ["echo", "status", "bytes", "endless", "redirect", "type"];

/// Whether a path belongs to one of these calls.
pub(super) fn is_at(base: &str, path: &str) -> bool {
    let call = path.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')?.split('/').next());
    call.is_some_and(|call| CALLS.contains(&call))
}

pub(super) fn routes(provider: &Arc<Provider>) -> Router<Arc<Provider>> {
    let base = provider.behaviour().paths().api;
    let at = |call: &str| format!("{base}/{call}");
    Router::new()
        .route(&at("echo"), any(echo))
        .route(&at("echo/"), any(echo))
        .route(&at("echo/{*rest}"), any(echo))
        .route(&at("status/{code}"), any(status))
        .route(&at("bytes/{length}"), any(bytes))
        .route(&at("endless"), any(endless))
        .route(&at("redirect"), any(redirect))
        .route(&at("type"), any(media_type))
        .route_layer(from_fn_with_state(Arc::clone(provider), guard))
}

/// Requires a valid token. CORS is as for the profile.
async fn guard(State(provider): State<Arc<Provider>>, request: Request, next: Next) -> Response {
    let behaviour = provider.behaviour();
    let for_pages = behaviour.lets_pages_ask();
    if request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        return if for_pages {
            cors::preflight(request.headers().clone()).await
        } else {
            StatusCode::METHOD_NOT_ALLOWED.into_response()
        };
    }
    let refusal = behaviour.turns_away(request.headers(), request.uri()).or_else(|| {
        let is_good = bearer(request.headers()).is_some_and(|token| provider.holder(token).is_some());
        (!is_good).then(|| behaviour.unauthorized())
    });
    let mut response = match refusal {
        Some((status, answer)) => (status, Json(answer)).into_response(),
        None => next.run(request).await,
    };
    if for_pages {
        cors::allow_any_origin(&mut response);
    }
    response
}

/// Returns everything of the request, with headers that a proxy has to pass on and others that it has to remove.
async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let headers: Vec<Value> =
        headers.iter().map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())])).collect();
    let seen = json!({
        "method": method.as_str(),
        "path": uri.path(),
        "query": uri.query(),
        "headers": headers,
        "body": BASE64_STANDARD.encode(&body),
        "body_len": body.len(),
    });
    let returned = [
        ("set-cookie", "api=emulator; Path=/"),
        ("etag", "\"emulator\""),
        ("link", "<https://api.example/next>; rel=\"next\""),
        ("retry-after", "7"),
        ("x-ratelimit-remaining", "41"),
    ];
    (returned, Json(seen))
}

/// This HTTP status, from 200 to 999.
async fn status(Path(code): Path<u16>) -> Response {
    let code = StatusCode::from_u16(code).ok().filter(|code| !code.is_informational());
    match code {
        None => (StatusCode::BAD_REQUEST, "the status of a response is 200 to 999\n").into_response(),
        Some(code @ (StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)) => code.into_response(),
        Some(code) => (code, Json(json!({ "status": code.as_u16() }))).into_response(),
    }
}

/// A body of this length. It is in the headers only if the query is `length`.
async fn bytes(Path(length): Path<u64>, uri: Uri) -> Response {
    stream(Zeros { left: Some(length), has_length: uri.query() == Some("length") })
}

/// A body without end.
async fn endless() -> Response {
    stream(Zeros { left: None, has_length: false })
}

/// A redirect to an address of the same API.
async fn redirect(State(provider): State<Arc<Provider>>) -> Redirect {
    Redirect::temporary(&format!("{}{}/echo/redirected", provider.url, provider.behaviour().paths().api))
}

/// A script with the `Content-Type` in the query, or without one.
async fn media_type(uri: Uri) -> Response {
    let mut response = Response::new(Body::from("<!doctype html><script>document.title = 'ran'</script>"));
    if let Some(name) = Parameters::of(&uri).first("type") {
        let Ok(name) = HeaderValue::from_str(name) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        response.headers_mut().insert(header::CONTENT_TYPE, name);
    }
    response
}

fn stream(zeros: Zeros) -> Response {
    ([(header::CONTENT_TYPE, "application/octet-stream")], Body::new(zeros)).into_response()
}

/// A body of zeros that is never in memory as a whole.
struct Zeros {
    /// `None`: without end.
    left: Option<u64>,
    has_length: bool,
}

impl HttpBody for Zeros {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        static CHUNK: [u8; 16 * 1024] = [0; 16 * 1024];

        let Some(left) = self.left else {
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&CHUNK)))));
        };
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK.len());
        self.left = Some(left - length as u64);
        Poll::Ready((length > 0).then(|| Ok(Frame::data(Bytes::from_static(&CHUNK[..length])))))
    }

    fn size_hint(&self) -> SizeHint {
        self.left.filter(|_| self.has_length).map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
