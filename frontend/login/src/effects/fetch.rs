//! Sending requests, with the settings that all of them share.

use gloo_net::http::{Headers, Method, Response};
use js_sys::{Promise, Reflect};
use leptos::prelude::window;
use shared::provider::ProfileConfig;
use shared::secret::AccessToken;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit, RequestRedirect};

use crate::browser;
use crate::json::Js;

/// A response, from the function, the provider, or anything in between.
#[derive(Debug)]
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: u16,
    /// `Retry-After` in seconds.
    pub(super) wait: Option<u32>,
    /// The body, if it is JSON.
    pub(super) json: Option<Js>,
}

/// There was no response, or it was incomplete. Only the browser's console shows the reason.
#[derive(Debug)]
pub(super) struct NoAnswer;

/// A request that has not been sent yet.
pub(super) struct Question {
    pub(super) method: Method,
    pub(super) url: String,
    /// They include `Authorization` if the request goes to the provider.
    pub(super) headers: Headers,
    pub(super) to: Peer,
    /// The body.
    pub(super) json: Option<String>,
    /// Whether its response may set the session's cookie. Such a request continues if the page is left.
    pub(super) writes_cookie: bool,
    /// The property of `window` that holds the response if the page's HTML has already sent this request.
    pub(super) asked_as: Option<&'static str>,
}

/// The recipient of a request.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Peer {
    Function,
    Provider {
        /// Whether the provider requires a `Referer`.
        referrer: bool,
    },
}

/// Settings for a request that carries a secret: no cache, no redirects.
pub(crate) fn private(init: &RequestInit) {
    init.set_cache(RequestCache::NoStore);
    init.set_redirect(RequestRedirect::Error);
}

/// Settings for a request to the provider: as above, and without cookies. The page's policy sends no `Referer`;
/// `referrer` sends the page's origin to a provider that requires one.
pub(crate) fn to_provider(init: &RequestInit, referrer: bool) {
    private(init);
    init.set_credentials(RequestCredentials::Omit);
    if referrer {
        init.set_referrer_policy(ReferrerPolicy::Origin);
    }
}

/// Sets the headers of a request to the provider's API: the token, and the headers that the API requires.
pub(crate) fn authorize(headers: &Headers, token: &AccessToken, profile: &ProfileConfig) {
    headers.set("authorization", &["Bearer ", token.expose()].concat());
    for (name, value) in profile.headers.iter().filter_map(|header| header.split_once(':')) {
        headers.set(name, value);
    }
}

/// Sets the hash of the body, which CloudFront requires: it signs the requests that it forwards to the function, and
/// relies on the client to compute the hash of the body. A provider does not expect such a header.
pub(crate) async fn sign(headers: &Headers, body: &[u8]) {
    if let Some(hash) = browser::sha256(body).await {
        headers.set("x-amz-content-sha256", &browser::hex(&hash));
    }
}

/// Sends a request.
///
/// It calls `fetch` with a URL: with a `Request`, Firefox ignores `keepalive`.
pub(crate) async fn call(
    url: &str,
    method: &Method,
    headers: Headers,
    init: &RequestInit,
) -> Result<Response, gloo_net::Error> {
    init.set_method(method.as_ref());
    init.set_headers(&headers.into_raw());
    let answered = JsFuture::from(window().fetch_with_str_and_init(url, init)).await;
    let response = answered.ok().and_then(|response| response.dyn_into::<web_sys::Response>().ok());
    response.map(Response::from).ok_or(gloo_net::Error::GlooError(String::new()))
}

/// Sends the request and reads the whole response. A plain `GET` must match the `preload` in `index.html`, or the
/// browser would send it twice.
pub(super) async fn send(signal: &AbortSignal, question: Question) -> Result<Answer, NoAnswer> {
    let Question { method, url, headers, to, json, writes_cookie, asked_as } = question;
    if let Some(answer) = asked_before(asked_as).await {
        return answer;
    }
    let init = RequestInit::new();
    init.set_signal(Some(signal));
    if let Some(json) = &json {
        headers.set("content-type", "application/json");
        if to == Peer::Function {
            sign(&headers, json.as_bytes()).await;
        }
        init.set_body(&json.into());
    }
    match to {
        Peer::Provider { referrer } => to_provider(&init, referrer),
        Peer::Function if method != Method::GET => private(&init),
        Peer::Function => {}
    }
    if writes_cookie {
        // Setting a property of an object cannot fail.
        let _ = Reflect::set(&init, &"keepalive".into(), &true.into());
    }
    Answer::read(&call(&url, &method, headers, &init).await?).await
}

/// The response to a request that the page's HTML has sent, from a promise in `window`. It is used once.
async fn asked_before(name: Option<&str>) -> Option<Result<Answer, NoAnswer>> {
    let (window, name) = (window(), name?.into());
    let promise: Promise = Reflect::get(&window, &name).ok()?.dyn_into().ok()?;
    // Setting a property of an object cannot fail.
    let _ = Reflect::set(&window, &name, &JsValue::UNDEFINED);
    let response =
        JsFuture::from(promise).await.ok().and_then(|response| response.dyn_into::<web_sys::Response>().ok());
    Some(match response {
        Some(response) => Answer::read(&response.into()).await,
        None => Err(NoAnswer),
    })
}

impl Answer {
    async fn read(response: &Response) -> Result<Self, NoAnswer> {
        Ok(Self { status: response.status(), wait: retry_after(response), json: Js::parse(&response.text().await?) })
    }
}

/// `Retry-After` in seconds. A date, or a wait of more than an hour, is ignored.
fn retry_after(response: &Response) -> Option<u32> {
    response.headers().get("retry-after")?.parse().ok().filter(|seconds| (1..=3600).contains(seconds))
}

impl From<gloo_net::Error> for NoAnswer {
    fn from(_: gloo_net::Error) -> Self {
        Self
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use shared::json::Json as _;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn response(headers: &[(&str, &str)], body: &str) -> Response {
        let builder = headers.iter().fold(Response::builder(), |builder, (name, value)| builder.header(name, value));
        builder.body(Some(body)).expect("a response can be made")
    }

    #[wasm_bindgen_test]
    async fn response_is_read_completely() {
        let answer = Answer::read(&response(&[], "{\"ü\":1}")).await.expect("it is whole");
        let json = answer.json.expect("it is JSON");
        assert_eq!((answer.status, answer.wait, json.number_of("ü")), (200, None, Some(1)));
    }

    #[wasm_bindgen_test]
    async fn incomplete_response_is_an_error() {
        let response = response(&[], "x");
        Answer::read(&response).await.expect("it is whole");
        assert!(Answer::read(&response).await.is_err(), "the body was read already");
    }

    #[wasm_bindgen_test]
    async fn request_with_a_token_follows_no_redirect_and_can_be_cancelled() {
        // Replaces the network: the response describes the request.
        let echo = js_sys::Function::new_with_args(
            "url, init",
            "const request = new Request(url, init);
            const { headers, method, redirect, credentials, cache, referrerPolicy, signal } = request;
            const said = [method, headers.get('authorization'), headers.get('client-id'), redirect, credentials, cache];
            said.push(referrerPolicy, signal.aborted);
            return Promise.resolve(new Response(JSON.stringify(said.join()), { status: 403 }));",
        );
        let (window, name) = (js_sys::global(), "fetch".into());
        let network = js_sys::Reflect::get(&window, &name).expect("a browser has it");
        js_sys::Reflect::set(&window, &name, &echo).expect("it can be replaced");
        let abort = web_sys::AbortController::new().expect("a browser has it");
        let question = || {
            let headers = Headers::new();
            let profile = ProfileConfig { headers: vec!["client-id:c".into()], ..ProfileConfig::default() };
            authorize(&headers, &AccessToken::new("t"), &profile);
            let to = Peer::Provider { referrer: true };
            Question {
                method: Method::GET,
                url: "/a".into(),
                headers,
                to,
                json: None,
                writes_cookie: false,
                asked_as: None,
            }
        };
        let plain = send(&abort.signal(), question()).await;
        abort.abort();
        let stopped = send(&abort.signal(), question()).await;
        js_sys::Reflect::set(&window, &name, &network).expect("it can be put back");
        let echoed = |answer: Result<Answer, NoAnswer>| {
            answer.expect("there is a response").json.and_then(|json| json.as_text())
        };
        assert_eq!(echoed(plain).as_deref(), Some("GET,Bearer t,c,error,omit,no-store,origin,false"));
        assert_eq!(echoed(stopped).as_deref(), Some("GET,Bearer t,c,error,omit,no-store,origin,true"));
    }

    #[wasm_bindgen_test]
    fn only_a_retry_after_of_at_most_an_hour_is_used() {
        for (header, wait) in
            [("7", Some(7)), ("3600", Some(3600)), ("3601", None), ("0", None), ("-1", None), ("soon", None)]
        {
            assert_eq!(retry_after(&response(&[("retry-after", header)], "")), wait, "{header}");
        }
    }
}
