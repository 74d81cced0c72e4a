//! The whole service: it routes each request, and gives one response and one log line for it.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use futures_util::FutureExt as _;
use http::Method;
use lambda_http::{Body, Request, RequestExt as _, Response};
use reqwest::Client;

use crate::caller;
use crate::config::Config;
use crate::error::Refusal;
use crate::log::{self, Line, OkWord, Outcome, Upstream};
use crate::reply;
use crate::routes::Route;
use crate::session::Sessions;

/// The part of the invocation's time that is reserved for sending our response before Lambda ends the invocation.
const RESERVE: Duration = Duration::from_millis(250);

/// September 2001, in milliseconds since the Unix epoch. An earlier deadline is ignored: `cargo lambda watch` sends a
/// small constant in place of a time.
const EARLIEST_DEADLINE_MS: u64 = 1_000_000_000_000;

/// The service: it takes requests and returns responses.
pub struct App {
    pub(crate) config: Config,
    /// The body of `/api/config`. It never changes.
    config_json: String,
    pub(crate) client: Client,
    pub(crate) sessions: Sessions,
    log: Box<dyn Fn(&Line<'_>) + Send + Sync>,
    /// Whether this instance has had a request before.
    is_warm: AtomicBool,
}

impl App {
    /// Creates the service. `log` receives one line for each request.
    pub fn new(config: Config, client: Client, log: impl Fn(&Line<'_>) + Send + Sync + 'static) -> Self {
        let config_json = serde_json::to_string(&config.app()).expect("strings and lists of strings are always JSON");
        let sessions = Sessions::new(&config.session);
        Self { config, config_json, client, sessions, log: Box::new(log), is_warm: AtomicBool::new(false) }
    }

    /// Handles a request. There is always a response: a panic becomes `internal_error`.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        let started = Instant::now();
        let request_id = request_id(&request);
        let route = Route::of(caller::path(&request));
        let mut upstream = Upstream::default();
        let cold = !self.is_warm.swap(true, Ordering::Relaxed);
        let trace = request.lambda_context_ref().and_then(|context| context.xray_trace_id.clone()).unwrap_or_default();

        let answer = AssertUnwindSafe(self.answer(&request, route, &mut upstream)).catch_unwind().await;
        let answer = answer.unwrap_or(Err(Refusal::Internal));

        let (response, outcome, detail) = match answer {
            Ok(response) => (response, Outcome::Ok(OkWord::Ok), upstream.detail.map(Into::into)),
            Err(refusal) => (reply::refusal(&refusal, &request_id), Outcome::Error(refusal.code()), refusal.detail()),
        };
        let response = reply::finish(response);
        (self.log)(&Line {
            time: Line::now(),
            request_id: &request_id,
            route: route.map_or("unknown", Route::name),
            outcome,
            status: response.status().as_u16(),
            provider: upstream.provider.as_deref(),
            upstream_ms: upstream.time.map(|time| time.as_millis() as u64),
            upstream_status: upstream.status,
            upstream_error: upstream.error,
            total_ms: started.elapsed().as_millis() as u64,
            detail: detail.as_deref(),
            version: env!("CARGO_PKG_VERSION"),
            cold,
            trace_id: log::trace_id(&trace),
        });
        if request.method() == Method::HEAD { response.map(|_| Body::Empty) } else { response }
    }

    async fn answer(
        &self,
        request: &Request,
        route: Option<Route<'_>>,
        upstream: &mut Upstream,
    ) -> Result<Response<Body>, Refusal> {
        let is_there = |route: &Route<'_>| !matches!(route, Route::Provider(_)) || self.has_proxy();
        let route = route.filter(is_there).ok_or(Refusal::NotFound)?;
        route.check_method(request.method())?;
        match route {
            Route::Config => Ok(reply::config(self.config_json.clone())),
            Route::Health => Ok(reply::empty(&[])),
            Route::Token => self.token(request, upstream).await,
            Route::Session => self.session(request, upstream).await,
            Route::Provider(path) => self.provider(request, path, upstream).await,
        }
    }

    /// How long the provider may take: the configured timeout, but never longer than the invocation lasts.
    pub(crate) fn budget(&self, request: &Request) -> Duration {
        self.config.timeout.min(self.time_left(request))
    }

    /// The time left in the invocation. A renewal may use all of it, because abandoning one can lose the token.
    pub(crate) fn time_left(&self, request: &Request) -> Duration {
        let Some(context) = request.lambda_context_ref().filter(|context| context.deadline >= EARLIEST_DEADLINE_MS)
        else {
            return self.config.timeout;
        };
        context.deadline().duration_since(SystemTime::now()).unwrap_or_default().saturating_sub(RESERVE)
    }
}

/// The platform's id for the request. Outside Lambda there is none, so a random one is generated.
fn request_id(request: &Request) -> String {
    match request.lambda_context_ref() {
        Some(context) => context.request_id.clone(),
        None => {
            let random = getrandom::u64().unwrap_or_default();
            format!("{random:016x}")
        }
    }
}
