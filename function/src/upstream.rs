//! A request to a provider: it is sent once, and its response's headers are checked before the body is read, up to a
//! limit. The kinds of requests are in the modules below.

use std::error::Error as _;
use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use reqwest::{Client, RequestBuilder, Response};
use shared::provider::{UpstreamMethod, UpstreamRequest};

use crate::error::Refusal;

pub mod exchange;
pub mod profile;
pub mod proxy;
pub mod revoke;

/// The maximum size of a response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    bytes: usize,
    problem: &'static str,
}

/// The limit for responses of an authorization server.
pub(crate) const SMALL: Limit = Limit { bytes: 64 * 1024, problem: "the response is over 64 KiB" };

/// The limit for responses of an API.
pub(crate) const LARGE: Limit = Limit { bytes: 4 * 1024 * 1024, problem: "the response is over 4 MiB" };

/// A complete response.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Runs `work` with a timeout, or not at all if no time is left.
pub(crate) async fn within<T>(budget: Duration, work: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
    if budget.is_zero() {
        return Err(Refusal::ProviderTimeout);
    }
    tokio::time::timeout(budget, work).await.unwrap_or(Err(Refusal::ProviderTimeout))
}

/// Builds an HTTP request.
pub(crate) fn request(client: &Client, upstream: UpstreamRequest) -> RequestBuilder {
    let request = match upstream.method {
        UpstreamMethod::Post => client.post(upstream.url),
        UpstreamMethod::Delete => client.delete(upstream.url),
    };
    let mut request = plain(request.header(header::ACCEPT, "application/json"));
    if let Some(authorization) = upstream.authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    match upstream.body {
        Some((media_type, body)) => request.header(header::CONTENT_TYPE, media_type).body(body),
        // Without a body and a length, some servers respond with 411.
        None => request.header(header::CONTENT_LENGTH, 0),
    }
}

/// Requests an uncompressed response. Without this header, an edge may compress it.
pub(crate) fn plain(request: RequestBuilder) -> RequestBuilder {
    request.header(header::ACCEPT_ENCODING, "identity")
}

/// Sends a request, and returns the response before its body is read.
pub(crate) async fn send(request: RequestBuilder) -> Result<Response, Refusal> {
    request.send().await.map_err(|error| not_answered(&error))
}

/// Reads the rest of a response.
pub(crate) async fn whole(response: Response, limit: Limit) -> Result<Answer, Refusal> {
    if is_compressed(response.headers()) {
        return Err(Refusal::ProviderBadResponse("the response is compressed, which was not requested"));
    }
    if is_ambiguous(response.headers()) {
        return Err(Refusal::ProviderBadResponse("the response's framing is ambiguous"));
    }
    let (status, headers) = (response.status(), response.headers().clone());
    Ok(Answer { status, headers, body: read(response, limit).await? })
}

/// Whether the body is compressed. `identity` means that it is not (RFC 9110, 12.5.3).
fn is_compressed(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_ENCODING).iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// Whether the response has more than one indication of its length, or a transfer coding other than `chunked`, which
/// was not requested (RFC 9112, 6.1).
fn is_ambiguous(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    let Some(coding) = codings.next() else { return false };
    let is_chunked = coding.as_bytes().eq_ignore_ascii_case(b"chunked") && codings.next().is_none();
    !is_chunked || headers.contains_key(header::CONTENT_LENGTH)
}

async fn read(mut response: Response, limit: Limit) -> Result<Vec<u8>, Refusal> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| not_answered(&error))? {
        if body.len() + chunk.len() > limit.bytes {
            return Err(Refusal::ProviderBadResponse(limit.problem));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Classifies a failed request. The error itself must not be passed on: it prints the address, and AniAPI's address
/// contains the secret.
fn not_answered(error: &reqwest::Error) -> Refusal {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<rustls::Error>() {
            return Refusal::ProviderUnreachable(
                "no TLS connection: the certificate is invalid or the handshake failed",
            );
        }
        if let Some(error) = error.downcast_ref::<hyper::Error>()
            && error.is_parse()
        {
            return Refusal::ProviderBadResponse("the response is not HTTP");
        }
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            use std::io::ErrorKind::{InvalidData, InvalidInput};
            // A TLS error may be wrapped in an I/O error, in which `source` does not find it.
            if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
                return Refusal::ProviderUnreachable(
                    "no TLS connection: the certificate is invalid or the handshake failed",
                );
            }
            if matches!(error.kind(), InvalidData | InvalidInput) {
                return Refusal::ProviderBadResponse("the response's framing is not HTTP");
            }
        }
        cause = error.source();
    }
    if error.is_connect() {
        Refusal::ProviderUnreachable("no connection")
    } else {
        Refusal::ProviderUnreachable("the connection broke before the response was complete")
    }
}
