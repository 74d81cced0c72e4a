//! A log of received requests, with which tests count exchanges and search for data that must not be sent.

use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::control;
use super::expiring::locked;
use super::parameters::Parameters;
use super::provider::Provider;

/// More than any request of the tests.
const LARGEST_BODY: usize = 1024 * 1024;

/// A request that the emulator received, whatever its response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// For example `POST`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Names and values, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Names in lower case and values, in order.
    pub headers: Vec<(String, String)>,
    /// In bytes.
    pub body_len: usize,
    /// The grant type of a token request (RFC 6749, 1.3), such as `refresh_token`.
    pub grant_type: Option<String>,
}

impl Seen {
    /// The first value of a header, its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(known, _)| known == name)?;
        Some(value)
    }
}

#[derive(Debug, Default)]
pub(super) struct Log(Mutex<Vec<Seen>>);

impl Log {
    pub(super) fn all(&self) -> Vec<Seen> {
        locked(&self.0).clone()
    }

    pub(super) fn clear(&self) {
        locked(&self.0).clear();
    }
}

/// The outermost middleware: requests are recorded even if they are rejected or never answered.
pub(super) async fn record(State(provider): State<Arc<Provider>>, request: Request, next: Next) -> Response {
    if control::is_ours(request.uri().path()) {
        return next.run(request).await;
    }

    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    locked(&provider.seen.0).push(Seen {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: Parameters::of(&parts.uri).into_pairs(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                (name.to_string(), value.into_owned())
            })
            .collect(),
        body_len: body.len(),
        grant_type: Parameters::of_body(&parts.headers, &body).first("grant_type").map(str::to_owned),
    });
    next.run(Request::from_parts(parts, Body::from(body))).await
}
