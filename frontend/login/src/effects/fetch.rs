//! A request of ours, with what is the same for all of them.

use gloo_net::http::{Headers, Method, RequestBuilder, Response};
use shared::provider::ProfileConfig;
use shared::secret::AccessToken;
use web_sys::{AbortSignal, ReferrerPolicy, RequestCache, RequestCredentials, RequestRedirect};

use crate::browser;
use crate::json::Js;

/// What came back, whoever sent it.
#[derive(Debug)]
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: u16,
    /// `Retry-After` in seconds.
    pub(super) wait: Option<u32>,
    /// The body, if it is JSON.
    pub(super) json: Option<Js>,
}

/// There was no answer, or it broke off. Why is told to nobody but the browser's own console.
#[derive(Debug)]
pub(super) struct NoAnswer;

/// A request, not sent yet.
pub(super) struct Question {
    pub(super) url: String,
    /// With `Authorization` among them, if it goes to the provider.
    pub(super) headers: Headers,
    pub(super) to: Peer,
    /// JSON, to be sent by `POST`; without it, by `GET`.
    pub(super) json: Option<String>,
}

/// Whom it goes to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Peer {
    Function,
    Provider {
        /// Whether the provider requires a `Referer`.
        referrer: bool,
    },
}

/// A request that carries a secret: no cache, no cookie, no redirect.
pub(crate) fn private(request: RequestBuilder) -> RequestBuilder {
    request.cache(RequestCache::NoStore).credentials(RequestCredentials::Omit).redirect(RequestRedirect::Error)
}

/// The headers of a request to the provider's API: the token, and those that its API requires.
pub(crate) fn authorize(headers: &Headers, token: &AccessToken, profile: &ProfileConfig) {
    headers.set("authorization", &["Bearer ", token.expose()].concat());
    for (name, value) in profile.headers.iter().filter_map(|header| header.split_once(':')) {
        headers.set(name, value);
    }
}

/// Lets a request tell the page's origin in `Referer`, which the page's own policy keeps back, and no more than that.
pub(crate) fn with_origin(request: RequestBuilder) -> RequestBuilder {
    request.referrer_policy(ReferrerPolicy::Origin)
}

/// Sends the request, and reads the whole answer. A `GET` that carries nothing is as plain as the `preload` in `index.html`,
/// or the browser would ask twice.
pub(super) async fn send(signal: AbortSignal, question: Question) -> Result<Answer, NoAnswer> {
    let Question { url, headers, to, json } = question;
    if let Some(json) = &json {
        headers.set("content-type", "application/json");
        // CloudFront signs what it passes to the function, a body by its hash, and leaves it to us to make that. The
        // provider does not expect such a header.
        if to == Peer::Function
            && let Some(hash) = browser::sha256(json.as_bytes()).await
        {
            headers.set("x-amz-content-sha256", &browser::hex(&hash));
        }
    }
    let method = if json.is_some() { Method::POST } else { Method::GET };
    let mut request = RequestBuilder::new(&url).method(method).headers(headers).abort_signal(Some(&signal));
    if to != Peer::Function || json.is_some() {
        request = private(request);
    }
    if to == (Peer::Provider { referrer: true }) {
        request = with_origin(request);
    }
    let request = match json {
        Some(json) => request.body(json)?,
        None => request.build()?,
    };
    Answer::read(&request.send().await?).await
}

impl Answer {
    async fn read(response: &Response) -> Result<Self, NoAnswer> {
        Ok(Self { status: response.status(), wait: retry_after(response), json: Js::parse(&response.text().await?) })
    }
}

/// One that is a date, or longer than an hour, is not worth telling.
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
    async fn an_answer_is_read_whole() {
        let answer = Answer::read(&response(&[], "{\"ü\":1}")).await.expect("it is whole");
        let json = answer.json.expect("it is JSON");
        assert_eq!((answer.status, answer.wait, json.number_of("ü")), (200, None, Some(1)));
    }

    #[wasm_bindgen_test]
    async fn an_answer_that_breaks_off_is_none() {
        let response = response(&[], "x");
        Answer::read(&response).await.expect("it is whole");
        assert!(Answer::read(&response).await.is_err(), "there is no more to read");
    }

    #[wasm_bindgen_test]
    async fn a_request_with_a_token_goes_nowhere_else_and_can_be_stopped() {
        // In place of the network: the request comes back in words.
        let echo = js_sys::Function::new_with_args(
            "request",
            "const { headers, method, redirect, credentials, cache, referrerPolicy, signal } = request;
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
            Question { url: "/a".into(), headers, to: Peer::Provider { referrer: true }, json: None }
        };
        let plain = send(abort.signal(), question()).await;
        abort.abort();
        let stopped = send(abort.signal(), question()).await;
        js_sys::Reflect::set(&window, &name, &network).expect("it can be put back");
        let told = |answer: Result<Answer, NoAnswer>| answer.expect("it answers").json.and_then(|json| json.as_text());
        assert_eq!(told(plain).as_deref(), Some("GET,Bearer t,c,error,omit,no-store,origin,false"));
        assert_eq!(told(stopped).as_deref(), Some("GET,Bearer t,c,error,omit,no-store,origin,true"));
    }

    #[wasm_bindgen_test]
    fn only_a_sensible_wait_is_told() {
        for (header, wait) in
            [("7", Some(7)), ("3600", Some(3600)), ("3601", None), ("0", None), ("-1", None), ("soon", None)]
        {
            assert_eq!(retry_after(&response(&[("retry-after", header)], "")), wait, "{header}");
        }
    }
}
