//! Carries out a fault in place of the correct response.

use std::convert::Infallible;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Body as HttpBody, Frame};

use super::cors::allow_any_origin;
use super::fault::{Endpoint, Fault, header as parse_header};
use super::provider::Provider;
use super::server::Caller;

/// Marks a response to which nothing may be added.
#[derive(Clone, Copy)]
pub(super) struct Verbatim;

/// Middleware around the endpoints.
pub(super) async fn misbehave(State(provider): State<Arc<Provider>>, request: Request, next: Next) -> Response {
    let behaviour = provider.behaviour();
    let endpoint = provider
        .endpoint_at(request.uri().path())
        // A failed preflight would hide every other fault from a browser.
        .filter(|_| request.method() != Method::OPTIONS);
    let fault = endpoint.and_then(|endpoint| provider.faults.at(endpoint));
    let Some(fault) = fault else {
        return next.run(request).await;
    };

    let mut response = match fault {
        Fault::Delay(delay) => {
            tokio::time::sleep(delay).await;
            return next.run(request).await;
        }
        Fault::NeverAnswer => return pending().await,
        Fault::Reset => {
            Caller::of(&request).hang_up();
            return pending().await;
        }
        Fault::LoseAnswer => {
            let caller = Caller::of(&request).clone();
            drop(next.run(request).await);
            caller.hang_up();
            return pending().await;
        }
        Fault::Raw { status, headers, body } => return verbatim(status, &headers, body),
        Fault::Busy { retry_after } => {
            let mut response = behaviour.busy(&provider);
            if let Some(seconds) = retry_after {
                let seconds = HeaderValue::from(seconds);
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
            }
            return response;
        }
        Fault::Status(status) => {
            behaviour.failure(StatusCode::from_u16(status).expect("a fault's status is validated when it is set"))
        }
        Fault::Refuse(refusal) => behaviour.refuse(refusal),
    };
    let is_for_pages = matches!(endpoint, Some(Endpoint::Profile | Endpoint::Api));
    if is_for_pages && behaviour.lets_pages_ask() {
        allow_any_origin(&mut response);
    }
    response
}

fn verbatim(status: u16, headers: &[(String, String)], body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).expect("a fault's status is validated when it is set");
    for (name, value) in headers {
        let (name, value) = parse_header(name, value).expect("a fault's headers are validated when it is set");
        response.headers_mut().append(name, value);
    }
    let has_length = response.headers().contains_key(header::CONTENT_LENGTH)
        || response.headers().contains_key(header::TRANSFER_ENCODING);
    *response.body_mut() = if has_length { Body::new(Unmeasured(Some(body.into()))) } else { Body::from(body) };
    response.extensions_mut().insert(Verbatim);
    response
}

/// A body without a known length, so that the headers may state a wrong one.
struct Unmeasured(Option<Bytes>);

impl HttpBody for Unmeasured {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }
}
