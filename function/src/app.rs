//! The whole service: routes, limits, origin, one answer and one log line a request.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use futures_util::FutureExt as _;
use http::{HeaderMap, Method, StatusCode, header};
use lambda_http::{Body, Request, RequestExt as _, Response};
use reqwest::Client;
use serde::Serialize;
use shared::provider::Grant;
use shared::redirect;
use shared::token::{MAX_BODY, TokenRequest, TokenResponse, TokenType};

use crate::config::Config;
use crate::error::Refusal;
use crate::exchange::exchange;
use crate::log::{self, Line, OkWord, Outcome, Upstream};

/// What is kept back of the invocation's own time, so that our answer leaves before Lambda ends us.
const RESERVE: Duration = Duration::from_millis(250);

/// The edge may keep the configuration for five minutes, and is cleared by a deployment; browsers ask each time.
const CONFIG_CACHE: &str = "public, max-age=0, s-maxage=300";

/// September 2001, in milliseconds since the Unix epoch. A deadline before it is none: `cargo lambda watch` puts a
/// small constant where Lambda puts the time.
const EARLIEST_DEADLINE_MS: u64 = 1_000_000_000_000;

/// The service: give it a request, it gives an answer.
pub struct App {
    config: Config,
    /// `/api/config` as it is sent; nothing in it changes.
    config_json: String,
    client: Client,
    log: Box<dyn Fn(&Line<'_>) + Send + Sync>,
    /// Whether a request has come to this instance before.
    is_warm: AtomicBool,
}

impl App {
    /// Puts the service together. `log` takes each request's line.
    pub fn new(config: Config, client: Client, log: impl Fn(&Line<'_>) + Send + Sync + 'static) -> Self {
        let config_json = serde_json::to_string(&config.app()).expect("strings and lists of strings are always JSON");
        Self { config, config_json, client, log: Box::new(log), is_warm: AtomicBool::new(false) }
    }

    /// Answers a request. Whatever happens it is an answer: a panic becomes an error of ours.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        let started = Instant::now();
        let request_id = request_id(&request);
        let route = Route::of(path(&request));
        let mut upstream = Upstream::default();
        let cold = !self.is_warm.swap(true, Ordering::Relaxed);
        let trace = request.lambda_context_ref().and_then(|context| context.xray_trace_id.clone()).unwrap_or_default();

        let answer = AssertUnwindSafe(self.answer(&request, route, &mut upstream)).catch_unwind().await;
        let answer = answer.unwrap_or(Err(Refusal::Internal));

        let (response, outcome, detail) = match answer {
            Ok(success) => (success.into_response(), Outcome::Ok(OkWord::Ok), None),
            Err(refusal) => (refuse(&refusal, &request_id), Outcome::Error(refusal.code()), refusal.detail()),
        };
        (self.log)(&Line {
            time: Line::now(),
            request_id: &request_id,
            route: route.map_or("unknown", Route::path),
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
        route: Option<Route>,
        upstream: &mut Upstream,
    ) -> Result<Success, Refusal> {
        let route = route.ok_or(Refusal::NotFound)?;
        route.check_method(request.method())?;
        match route {
            Route::Config => Ok(Success::Config(self.config_json.clone())),
            Route::Health => Ok(Success::Health),
            Route::Token => self.token(request, upstream).await.map(Success::Token),
        }
    }

    /// The caller's faults first, in the order of the documented table; upstream is asked only after the last.
    async fn token(&self, request: &Request, upstream: &mut Upstream) -> Result<TokenResponse, Refusal> {
        let origin = self.allowed_origin(request.headers()).ok_or(Refusal::OriginNotAllowed)?;
        if !is_json(request.headers()) {
            return Err(Refusal::UnsupportedMediaType);
        }
        let body: &[u8] = request.body().as_ref();
        if body.len() > MAX_BODY {
            return Err(Refusal::BodyTooLarge);
        }
        let token_request = TokenRequest::parse(body).map_err(|_| Refusal::InvalidRequest)?;
        let provider = self.config.provider(&token_request.provider).ok_or(Refusal::InvalidRequest)?;
        // A verifier that the provider does not look at proves nothing, and a login without one, where the provider takes
        // them, was not begun by our app.
        if token_request.code_verifier.is_some() != provider.app.pkce.is_some() {
            return Err(Refusal::InvalidRequest);
        }
        let redirect_uri = &token_request.redirect_uri;
        if !provider.app.redirect_uris.contains(redirect_uri) || redirect::origin(redirect_uri) != Some(origin) {
            return Err(Refusal::RedirectUriNotAllowed);
        }

        let code_verifier = token_request.code_verifier.as_ref();
        let grant = Grant { code: &token_request.code, redirect_uri, code_verifier };
        upstream.provider = Some(provider.app.id.clone());
        let asked = Instant::now();
        let token = exchange(&self.client, provider, grant, self.budget(request), upstream).await;
        upstream.time = Some(asked.elapsed());
        let token = token?;
        Ok(TokenResponse {
            access_token: token.access_token,
            token_type: TokenType::Bearer,
            expires_in: token.expires_in,
        })
    }

    /// The request's `Origin`, if it is exactly one and one of ours (RFC 10017, 6.1.3.3). For which provider is not yet
    /// known; the redirect address then has to be that one's.
    fn allowed_origin<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let (origin, None) = (origins.next()?.to_str().ok()?, origins.next()) else { return None };
        let mut redirect_uris = self.config.providers.iter().flat_map(|provider| &provider.app.redirect_uris);
        redirect_uris.any(|uri| redirect::origin(uri) == Some(origin)).then_some(origin)
    }

    /// How long the exchange may take: as configured, but never past the invocation's own end.
    fn budget(&self, request: &Request) -> Duration {
        let Some(context) = request.lambda_context_ref().filter(|context| context.deadline >= EARLIEST_DEADLINE_MS)
        else {
            return self.config.timeout;
        };
        let left = context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
        self.config.timeout.min(left.saturating_sub(RESERVE))
    }
}

#[derive(Clone, Copy)]
enum Route {
    Config,
    Token,
    Health,
}

impl Route {
    fn of(path: &str) -> Option<Self> {
        [Self::Config, Self::Token, Self::Health].into_iter().find(|route| route.path() == path)
    }

    fn path(self) -> &'static str {
        match self {
            Self::Config => "/api/config",
            Self::Token => "/api/token",
            Self::Health => "/api/health",
        }
    }

    fn check_method(self, method: &Method) -> Result<(), Refusal> {
        match (self, method) {
            (Self::Token, &Method::POST) | (Self::Config | Self::Health, &Method::GET | &Method::HEAD) => Ok(()),
            (Self::Token, _) => Err(Refusal::MethodNotAllowed("POST")),
            (Self::Config | Self::Health, _) => Err(Refusal::MethodNotAllowed("GET, HEAD")),
        }
    }
}

enum Success {
    Config(String),
    Token(TokenResponse),
    Health,
}

impl Success {
    fn into_response(self) -> Response<Body> {
        match self {
            Self::Config(json) => respond(StatusCode::OK, CONFIG_CACHE, json.into()),
            Self::Token(token) => respond(StatusCode::OK, "no-store", json(&token)),
            Self::Health => respond(StatusCode::NO_CONTENT, "no-store", Body::Empty),
        }
    }
}

fn refuse(refusal: &Refusal, request_id: &str) -> Response<Body> {
    let mut response = respond(refusal.status(), "no-store", json(&refusal.response(request_id)));
    match refusal {
        Refusal::MethodNotAllowed(allow) => {
            response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static(allow));
        }
        Refusal::ProviderBusy(Some(seconds)) => {
            response.headers_mut().insert(header::RETRY_AFTER, u16::from(*seconds).into());
        }
        _ => {}
    }
    response
}

fn respond(status: StatusCode, cache_control: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static(cache_control));
    if status != StatusCode::NO_CONTENT {
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    }
    response
}

fn json(value: &impl Serialize) -> Body {
    serde_json::to_string(value).expect("our own answers are strings and numbers, which are always JSON").into()
}

/// The path as the caller sent it. The one in `uri` has been normalised: `/api/x/../token` would be `/api/token`.
fn path(request: &Request) -> &str {
    match request.raw_http_path() {
        // It did not come from Lambda.
        "" => request.uri().path(),
        path => path,
    }
}

/// `application/json`, with or without a charset, said exactly once.
fn is_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let Ok(value) = value.to_str() else { return false };
    let mut parts = value.split(';').map(str::trim);
    // A comma would begin a second media type: some fronts join doubled headers by it.
    let is_name = |value: &str| value.bytes().all(|b| b.is_ascii_graphic() && b != b',');
    let is_charset = |part: &str| {
        part.split_once('=').is_some_and(|(name, value)| name.eq_ignore_ascii_case("charset") && is_name(value))
    };
    parts.next().is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/json"))
        && parts.all(|part| part.is_empty() || is_charset(part))
}

/// The platform's id of the request. Outside Lambda there is none, so one is drawn.
fn request_id(request: &Request) -> String {
    match request.lambda_context_ref() {
        Some(context) => context.request_id.clone(),
        None => {
            let drawn = getrandom::u64().unwrap_or_default();
            format!("{drawn:016x}")
        }
    }
}
