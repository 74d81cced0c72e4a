//! Requests to the provider's API with the session.

use std::rc::Rc;

use gloo_net::http::{Headers, Method, Response};
use js_sys::Uint8Array;
use shared::config::ProviderConfig;
use shared::error::{ErrorCode, ErrorResponse};
use shared::redirect;
use shared::secret::AccessToken;
use shared::session::SessionMode;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{AbortSignal, ReadableStream, Request, RequestInit};

use crate::auth::Auth;
use crate::browser;
use crate::effects::fetch;
use crate::failure::{Cause, Failure};
use crate::json::Js;
use crate::machine::{Event, State};

/// A request to the provider's API with the session; [`Auth::request`] creates one.
///
/// ```no_run
/// # async fn example(auth: leptos_login::Auth) -> Result<(), leptos_login::Failure> {
/// use leptos_login::Method;
/// let response = auth.request(Method::GET, "/v1/auth/me").header("accept", "application/json").send().await?;
/// # Ok(()) }
/// ```
#[must_use = "it is sent by `send`"]
pub struct ApiRequest {
    auth: Auth,
    method: Method,
    url: String,
    headers: Headers,
    body: Option<JsValue>,
    abort: Option<AbortSignal>,
}

impl ApiRequest {
    pub(crate) fn new(auth: Auth, method: Method, url: &str) -> Self {
        Self { auth, method, url: url.to_owned(), headers: Headers::new(), body: None, abort: None }
    }

    /// Sets a header. `Authorization` cannot be set: it carries the session's token.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.headers.set(name, value);
        self
    }

    /// Sets the body: anything that `fetch` accepts, such as a string, `FormData` or a `Blob`.
    pub fn body(mut self, body: impl Into<JsValue>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sets a JSON body and its `Content-Type`.
    ///
    /// # Errors
    /// If the value cannot be serialized as JSON.
    #[cfg(feature = "json")]
    pub fn json(self, value: &impl serde::Serialize) -> Result<Self, serde_json::Error> {
        let body = serde_json::to_string(value)?;
        Ok(self.header("content-type", "application/json").body(body))
    }

    /// Lets an `AbortController` cancel the request.
    pub fn abort_signal(mut self, signal: &AbortSignal) -> Self {
        self.abort = Some(signal.clone());
        self
    }

    /// Sends the request and returns the API's response, whatever its status. After a 401, a renewable session is
    /// renewed and the request is retried once, unless its body is a stream. A session that is not renewable is checked
    /// against the provider, and ended if the provider no longer accepts it. If the response is still a 401, it is
    /// returned.
    ///
    /// The session's token is sent only to the origins that the function's configuration lists for the provider. In
    /// `proxy` mode, the request goes through the function, and only to URLs below the API URL.
    ///
    /// # Errors
    /// If there is no response: the person is not signed in, the URL is on another origin, or the server cannot be
    /// reached.
    pub async fn send(self) -> Result<Response, Failure> {
        let texts = self.auth.texts;
        self.try_send().await.map_err(|cause| Failure::new(&cause, cause.can_retry(), texts))
    }

    async fn try_send(mut self) -> Result<Response, Cause> {
        let auth = self.auth;
        auth.until_state(|state| !state.is_loading_config() && !state.is_asking()).await;
        let mut is_repeated = false;
        loop {
            // After a sleep past the end of the session or its token, this ends the session or renews the token.
            auth.look();
            auth.dispatch(Event::TokenWanted);
            let now = browser::now();
            auth.until(move |core| core.has_token(now)).await;
            let ready = auth.read(|state| Ready::new(state, &self.url, browser::now())).ok_or(Cause::LoginEnded)??;
            let response = self.send_once(&ready).await?;
            let answer = judge(&ready, response).await;
            match &answer {
                Ok(response) if !ready.is_refused(response.status()) => return answer,
                Err(Cause::Function { code: ErrorCode::TokenExpired, .. }) | Ok(_) => {}
                Err(Cause::Function { code: ErrorCode::InvalidSession | ErrorCode::SessionChanged, .. }) => {
                    auth.dispatch(Event::Outdated);
                    return answer;
                }
                Err(_) => return answer,
            }
            auth.dispatch(Event::TokenRefused(ready.id.clone(), ready.renewals));
            auth.until_state(|state| !state.is_renewing()).await;
            let is_renewed = auth.read(|state| {
                state.session().is_some_and(|session| session.id() == ready.id && session.renewals() > ready.renewals)
            });
            if is_repeated || self.is_stream() || is_renewed != Some(true) {
                return answer;
            }
            is_repeated = true;
        }
    }

    /// A stream can be read only once.
    fn is_stream(&self) -> bool {
        self.body.as_ref().is_some_and(|body| body.is_instance_of::<ReadableStream>())
    }

    async fn send_once(&mut self, ready: &Ready) -> Result<Response, Cause> {
        let no_answer = |_| Cause::ProviderUnreachable;
        let headers = Headers::new();
        for (name, value) in self.headers.entries() {
            headers.set(&name, &value);
        }
        let init = RequestInit::new();
        init.set_signal(self.abort.as_ref());
        let Some(token) = &ready.token else {
            fetch::private(&init);
            headers.set("x-session", &ready.id);
            if let Some(body) = &self.body {
                // `Request` encodes the body and sets the matching Content-Type.
                init.set_body(body);
                init.set_method("POST");
                let request =
                    Request::new_with_str_and_init(&ready.url, &init).map_err(|_| Cause::ProviderUnreachable)?;
                let request = gloo_net::http::Request::from(request);
                if let Some(media_type) = request.headers().get("content-type").filter(|_| !headers.has("content-type"))
                {
                    headers.set("content-type", &media_type);
                }
                let bytes = request.binary().await.map_err(no_answer)?;
                fetch::sign(&headers, &bytes).await;
                init.set_body(&Uint8Array::from(&*bytes));
            }
            return fetch::call(&ready.url, &self.method, headers, &init).await.map_err(no_answer);
        };
        fetch::authorize(&headers, token, &ready.provider.profile);
        fetch::to_provider(&init, ready.provider.profile.referrer);
        if let Some(body) = &self.body {
            init.set_body(body);
        }
        fetch::call(&ready.url, &self.method, headers, &init).await.map_err(no_answer)
    }
}

/// A request that is ready to be sent.
struct Ready {
    url: String,
    /// `None` in `proxy` mode.
    token: Option<AccessToken>,
    id: String,
    renewals: u64,
    provider: Rc<ProviderConfig>,
}

impl Ready {
    fn new(state: &State, url: &str, now: u64) -> Result<Self, Cause> {
        let missing = if state.is_known() { Cause::LoginEnded } else { Cause::SessionUnknown };
        let session = state.session().ok_or(missing)?;
        let provider = state.configured(session.provider()).ok_or(Cause::NoConfig)?;
        let whole = address(provider, url).ok_or(Cause::ForeignOrigin)?;
        let (url, token) = if session.mode() == SessionMode::Proxy {
            (proxied(provider, state.api_path(), &whole).ok_or(Cause::ForeignOrigin)?, None)
        } else {
            // A renewable session without a valid token: the renewal failed.
            let lacking = if session.is_renewable() { Cause::NoAnswer } else { Cause::LoginEnded };
            (whole, Some(session.access_token_at(now).ok_or(lacking)?.clone()))
        };
        let (id, renewals) = (session.id().to_owned(), session.renewals());
        Ok(Self { url, token, id, renewals, provider: Rc::clone(provider) })
    }

    /// Whether that status means that the token was rejected.
    fn is_refused(&self, status: u16) -> bool {
        status == 401 || self.provider.profile.refuses(status)
    }
}

/// Distinguishes the API's response from one of the function in front of it.
async fn judge(ready: &Ready, response: Response) -> Result<Response, Cause> {
    if ready.token.is_some() || response.headers().get("x-provider").is_some() {
        return Ok(response);
    }
    let status = response.status();
    let json = response.text().await.ok().and_then(|text| Js::parse(&text));
    Err(match json.as_ref().and_then(ErrorResponse::from_json) {
        Some(ErrorResponse { error: code, retry, request_id, .. }) => {
            Cause::Function { code, retry, wait: None, request_id }
        }
        None => Cause::NotOurs { status, wait: None },
    })
}

/// The path at the function for a URL below the API URL.
fn proxied(provider: &ProviderConfig, api_path: &str, url: &str) -> Option<String> {
    let rest = url.strip_prefix(provider.api_url.as_deref()?)?;
    let rest = rest.split('#').next()?;
    let is_below = rest.is_empty() || rest.starts_with(['/', '?']);
    let slash = if rest.starts_with('/') { "" } else { "/" };
    is_below.then(|| [api_path, "/provider", slash, rest].concat())
}

/// Resolves a path on the origin of the provider's API, or an absolute URL on one of its origins.
fn address(provider: &ProviderConfig, url: &str) -> Option<String> {
    let mut origins = provider.api_origins();
    // A colon after a path or a query ends no scheme: `/search?at=https://a.example` is a path.
    let is_absolute = url.split_once("://").is_some_and(|(scheme, _)| !scheme.contains(['/', '?', '#']));
    if is_absolute {
        return origins.any(|own| redirect::origin(url) == Some(own)).then(|| url.to_owned());
    }
    Some([origins.next()?, "/", url.trim_start_matches('/')].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_sent_only_to_the_providers_origins() {
        let mut provider = ProviderConfig::new("aniapi", "AniAPI", "id", "https://login.example/", Vec::new());
        assert_eq!(address(&provider, "/v1/auth/me"), None, "its API is unknown");
        provider.api_url = Some("https://api.example/v1".into());
        provider.profile_url = Some("https://me.example/".into());
        for (url, expected) in [
            ("/v1/auth/me", Some("https://api.example/v1/auth/me")),
            ("v1/auth/me?x=1", Some("https://api.example/v1/auth/me?x=1")),
            ("", Some("https://api.example/")),
            ("//evil.example", Some("https://api.example/evil.example")),
            ("@evil.example", Some("https://api.example/@evil.example")),
            (".evil.example", Some("https://api.example/.evil.example")),
            ("\\\\evil.example", Some("https://api.example/\\\\evil.example")),
            ("https://api.example/v2", Some("https://api.example/v2")),
            ("https://me.example/x", Some("https://me.example/x")),
            ("https://evil.example", None),
            ("https://api.example.evil.example/", None),
            ("https://api.example@evil.example/", None),
            ("https://api.example\\@evil.example/", None),
            ("http://api.example/", None),
            ("javascript://api.example/", None),
            ("/search?at=https://a.example", Some("https://api.example/search?at=https://a.example")),
            ("search?at=https://a.example", Some("https://api.example/search?at=https://a.example")),
            ("/proxy/https://a.example", Some("https://api.example/proxy/https://a.example")),
            ("#https://evil.example", Some("https://api.example/#https://evil.example")),
        ] {
            assert_eq!(address(&provider, url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn only_urls_below_the_api_go_through_the_function() {
        let mut provider = ProviderConfig::new("aniapi", "AniAPI", "id", "https://login.example/", Vec::new());
        assert_eq!(proxied(&provider, "/api", "https://api.example/v1/x"), None, "its API is unknown");
        provider.api_url = Some("https://api.example/v1".into());
        for (url, expected) in [
            ("https://api.example/v1/auth/me?x=1#y", Some("/api/provider/auth/me?x=1")),
            ("https://api.example/v1", Some("/api/provider/")),
            ("https://api.example/v1/", Some("/api/provider/")),
            ("https://api.example/v1?x", Some("/api/provider/?x")),
            ("https://api.example/v10", None),
            ("https://api.example/", None),
            ("https://me.example/v1/x", None),
        ] {
            assert_eq!(proxied(&provider, "/api", url).as_deref(), expected, "{url}");
        }
    }
}
