//! A request to the provider's API with the session: what an app does with a login once there is one.

use std::rc::Rc;

use gloo_net::http::{Headers, Method, RequestBuilder, Response};
use shared::config::ProviderConfig;
use shared::redirect;
use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

use crate::auth::Auth;
use crate::browser;
use crate::effects::fetch;
use crate::failure::{Cause, Failure};
use crate::machine::Event;

/// A request to the provider's API with the session; [`Auth::request`] makes one.
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

    /// Sets a header. `Authorization` is the session's and cannot be set.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.headers.set(name, value);
        self
    }

    /// Sets the body: everything that `fetch` takes, such as a text, `FormData` or a `Blob`.
    pub fn body(mut self, body: impl Into<JsValue>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sets a body in JSON, and its `Content-Type`.
    ///
    /// # Errors
    /// Where the value cannot be written as JSON.
    #[cfg(feature = "json")]
    pub fn json(self, value: &impl serde::Serialize) -> Result<Self, serde_json::Error> {
        let body = serde_json::to_string(value)?;
        Ok(self.header("content-type", "application/json").body(body))
    }

    /// Lets an `AbortController` cancel it.
    pub fn abort_signal(mut self, signal: &AbortSignal) -> Self {
        self.abort = Some(signal.clone());
        self
    }

    /// Sends it, and gives whatever the API answers. A 401 is for the app to judge; the login asks the provider's profile
    /// address meanwhile whether it still accepts the session, and ends it if not.
    ///
    /// The session's token goes to the origins that the function's configuration names for its provider, and nowhere else.
    ///
    /// # Errors
    /// Says why there is no answer: the person is not signed in, the address is at another origin, or it cannot be reached.
    pub async fn send(self) -> Result<Response, Failure> {
        let texts = self.auth.texts;
        self.try_send().await.map_err(|cause| Failure::new(&cause, cause.can_retry(), texts))
    }

    async fn try_send(self) -> Result<Response, Cause> {
        let auth = self.auth;
        auth.has_config().await;
        // A device that slept past the end of the session is signed out by this.
        auth.look();
        let now = browser::now();
        let ready = auth.read(|state| {
            let session = state.session().ok_or(Cause::LoginEnded)?;
            let token = session.access_token_at(now).ok_or(Cause::LoginEnded)?;
            let provider = state.configured(session.provider()).ok_or(Cause::NoConfig)?;
            let url = address(provider, &self.url).ok_or(Cause::ForeignOrigin)?;
            Ok((url, token.clone(), session.id().to_owned(), Rc::clone(provider)))
        });
        let (url, token, id, provider) = ready.ok_or(Cause::LoginEnded)??;
        let profile = &provider.profile;
        fetch::authorize(&self.headers, &token, profile);
        let request = fetch::private(RequestBuilder::new(&url)).method(self.method).headers(self.headers);
        let mut request = request.abort_signal(self.abort.as_ref());
        if profile.referrer {
            request = fetch::with_origin(request);
        }
        let request = match self.body {
            Some(body) => request.body(body),
            None => request.build(),
        };
        let no_answer = |_| Cause::ProviderUnreachable;
        let response = request.map_err(no_answer)?.send().await.map_err(no_answer)?;
        if response.status() == 401 || profile.refuses(response.status()) {
            auth.dispatch(Event::Doubted(id));
        }
        Ok(response)
    }
}

/// A path at the origin of the provider's API, or a whole address at one of its origins.
fn address(provider: &ProviderConfig, url: &str) -> Option<String> {
    let mut origins = provider.api_origins();
    // What has a path or a query before its colon is no scheme: `/search?at=https://a.example` is a path.
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
    fn a_token_goes_to_no_other_origin_than_the_providers() {
        let mut provider = ProviderConfig::new("aniapi", "AniAPI", "id", "https://login.example/", Vec::new());
        assert_eq!(address(&provider, "/v1/auth/me"), None, "nothing is known of its API");
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
}
