//! AniAPI's rate limit: a number of requests per minute and address, which every response reports.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use super::envelope::Envelope;
use crate::avatar;
use crate::control;
use crate::expiring::locked;
use crate::misbehave::Verbatim;
use crate::provider::Provider;
use crate::server::Caller;

const WINDOW: Duration = Duration::from_secs(60);
const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

#[derive(Debug)]
pub(crate) struct RateLimit {
    limit: u32,
    windows: Mutex<HashMap<IpAddr, Window>>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    began: Duration,
    requests: u32,
}

impl RateLimit {
    pub(crate) fn new(limit: u32) -> Self {
        Self { limit, windows: Mutex::default() }
    }

    pub(crate) fn clear(&self) {
        locked(&self.windows).clear();
    }

    /// The response to a request over the limit. It has no CORS headers, so that a page sees only a network error.
    pub(super) fn too_many_requests(&self) -> Response {
        let reason = format!("You reached the limit of {} requests per minute", self.limit);
        let mut response = Envelope::new(429, "Too many requests").with_data(reason).with_status();
        response.headers_mut().insert(REMAINING, HeaderValue::from(0));
        response
    }

    /// Counts a request in its address's window. The first request, or one after the end of a window, begins a new one.
    fn count(&self, address: IpAddr, now: Duration) -> Window {
        let mut windows = locked(&self.windows);
        let window = windows
            .entry(address)
            .and_modify(|window| {
                let is_over = now.saturating_sub(window.began) >= WINDOW;
                // After a reset of the clock, a window can begin in the future.
                if is_over || window.began > now {
                    *window = Window { began: now, requests: 0 };
                }
            })
            .or_insert(Window { began: now, requests: 0 });
        window.requests = window.requests.saturating_add(1);
        *window
    }
}

/// Middleware around all of AniAPI's endpoints. CORS headers are added inside it, so a rejection by the rate limit has
/// none.
pub(super) async fn limit(State(provider): State<Arc<Provider>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if control::is_ours(path) || avatar::is_picture(path) {
        return next.run(request).await;
    }

    let caller = Caller::of(&request);
    let now = provider.clock.now();
    let rate = &provider.rate_limit;
    let window = rate.count(caller.address, now);
    let mut response = if window.requests > rate.limit { rate.too_many_requests() } else { next.run(request).await };
    if response.extensions().get::<Verbatim>().is_some() {
        return response;
    }

    let headers = response.headers_mut();
    let left = (window.began + WINDOW).saturating_sub(now).as_secs();
    let remaining = rate.limit.saturating_sub(window.requests);
    headers.insert(LIMIT, HeaderValue::from(rate.limit));
    headers.entry(REMAINING).or_insert(HeaderValue::from(remaining));
    headers.insert(RESET, HeaderValue::from(left));
    response
}
