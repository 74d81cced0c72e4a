//! The function's URL (`AuthType: AWS_IAM`) behind origin access control, which accepts only requests that CloudFront
//! has signed.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse as _, Response};
use deploy::sha256;
use futures_util::TryStreamExt as _;
use serde_json::json;

use super::distribution::Behaviour;
use super::edge::{Edge, locked};

/// CloudFront's signature, which replaces the browser's `Authorization`.
const SIGNATURE: &str = "AWS4-HMAC-SHA256 Credential=cloudfront/lambda/aws4_request, SignedHeaders=host, Signature=0";

impl Edge {
    /// Forwards a request according to the behaviour, with its path unchanged.
    pub(super) async fn ask_function(self: Arc<Self>, behaviour: &Behaviour, parts: &Parts, body: Bytes) -> Response {
        let mut headers = behaviour.forwarded(&parts.headers, self.session_port.load(Ordering::Relaxed));
        if let Some(refusal) = refusal(behaviour, &headers, &body) {
            return (StatusCode::FORBIDDEN, Json(json!({ "message": refusal }))).into_response();
        }
        let is_held = |held: &Option<(Method, String)>| {
            held.as_ref().is_some_and(|(method, path)| *method == parts.method && path == parts.uri.path())
        };
        // This fails only without a sender, and the edge keeps one.
        let _ = self.held.subscribe().wait_for(|held| !is_held(held)).await;
        let path = match behaviour.forwards_query() {
            true => parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            false => parts.uri.path().to_owned(),
        };
        let function = locked(&self.function).clone();
        let Ok(uri) = format!("{function}{path}").parse::<Uri>() else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static(SIGNATURE));
        if !headers.contains_key(header::CONTENT_TYPE) && std::str::from_utf8(&body).is_err() {
            // `cargo lambda watch` 1.9.2 treats a body without a type as text, and returns 500 if it is not UTF-8.
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        }
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        match self.client.request(request).await {
            Ok(_) if self.loses_answers.load(Ordering::Relaxed) => bad_gateway(),
            Ok(answer) => self.pass_back(answer.map(Body::new)),
            Err(_) => bad_gateway(),
        }
    }

    /// Streams a response to the browser and records it. If it breaks off, the browser's response does, too.
    fn pass_back(self: Arc<Self>, answer: Response) -> Response {
        let (parts, body) = answer.into_parts();
        locked(&self.responses).extend_from_slice(format!("{parts:?}\n").as_bytes());
        let body = body.into_data_stream().inspect_ok(move |chunk| locked(&self.responses).extend_from_slice(chunk));
        (parts, Body::from_stream(body)).into_response()
    }
}

/// The reason why the function's URL rejects a request, if it does. CloudFront's signature covers the function's own
/// host name. It covers a body by the hash that the browser sends, because CloudFront does not read bodies.
fn refusal(behaviour: &Behaviour, headers: &HeaderMap, body: &[u8]) -> Option<&'static str> {
    if !behaviour.is_signed {
        return Some("Forbidden");
    }
    let is_hashed =
        || headers.get("x-amz-content-sha256").is_some_and(|hash| hash.as_bytes() == sha256(body).as_bytes());
    let is_signed = !headers.contains_key(header::HOST) && (body.is_empty() || is_hashed());
    (!is_signed).then_some("The request signature we calculated does not match the signature you provided.")
}

/// The edge's own HTML page for an origin that does not respond.
fn bad_gateway() -> Response {
    (StatusCode::BAD_GATEWAY, Html("<h1>502 Bad Gateway</h1>")).into_response()
}
