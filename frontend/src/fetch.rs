//! A request by the browser's own `fetch`, with what is the same for all of ours.

use js_sys::Uint8Array;
use leptos::prelude::window;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response};

/// How long an answer may take, in milliseconds: longer than the function and the edge allow themselves.
const PATIENCE_MS: u32 = 30_000;

/// What came back, whoever sent it.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// `Retry-After` in seconds.
    pub(crate) wait: Option<u32>,
    pub(crate) body: Vec<u8>,
}

/// There was no answer, or it broke off. Why is told to nobody but the browser's own console.
#[derive(Debug)]
pub(crate) struct NoAnswer;

/// `GET`, as plainly as a `preload` in `index.html` asks, or the browser would ask twice.
pub(crate) async fn get(url: &str) -> Result<Answer, NoAnswer> {
    send(url, &RequestInit::new()).await
}

/// `GET` with this in the `Authorization` header. The answer is kept nowhere, and goes nowhere else.
pub(crate) async fn get_authorized(url: &str, authorization: &str) -> Result<Answer, NoAnswer> {
    let request = private("GET", &[("authorization", authorization)])?;
    send(url, &request).await
}

/// `POST` with these headers and this body. The answer is kept nowhere, and comes from nowhere else.
pub(crate) async fn post(url: &str, headers: &[(&str, &str)], body: &str) -> Result<Answer, NoAnswer> {
    let request = private("POST", headers)?;
    request.set_body(&body.into());
    send(url, &request).await
}

fn private(method: &str, headers: &[(&str, &str)]) -> Result<RequestInit, NoAnswer> {
    let request = RequestInit::new();
    request.set_method(method);
    request.set_cache(RequestCache::NoStore);
    request.set_credentials(RequestCredentials::Omit);
    request.set_redirect(RequestRedirect::Error);
    let all = Headers::new()?;
    for (name, value) in headers {
        all.set(name, value)?;
    }
    request.set_headers(&all);
    Ok(request)
}

async fn send(url: &str, request: &RequestInit) -> Result<Answer, NoAnswer> {
    request.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    let response = JsFuture::from(window().fetch_with_str_and_init(url, request)).await?;
    Answer::read(response.unchecked_ref()).await
}

impl Answer {
    async fn read(response: &Response) -> Result<Self, NoAnswer> {
        let (status, wait) = (response.status(), retry_after(response));
        let body = JsFuture::from(response.array_buffer()?).await?;
        Ok(Self { status, wait, body: Uint8Array::new(&body).to_vec() })
    }
}

/// One that is a date, or longer than an hour, is not worth telling.
fn retry_after(response: &Response) -> Option<u32> {
    let told = response.headers().get("retry-after").ok().flatten()?;
    told.parse().ok().filter(|seconds| (1..=3600).contains(seconds))
}

impl From<JsValue> for NoAnswer {
    fn from(_: JsValue) -> Self {
        Self
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    async fn an_answer_is_read_whole() {
        let response = Response::new_with_opt_str(Some("{\"ü\":1}")).expect("a response can be made");
        let answer = Answer::read(&response).await.expect("it is whole");
        assert_eq!((answer.status, answer.wait, &*answer.body), (200, None, "{\"ü\":1}".as_bytes()));
    }

    #[wasm_bindgen_test]
    async fn an_answer_that_breaks_off_is_none() {
        let response = Response::new_with_opt_str(Some("x")).expect("a response can be made");
        Answer::read(&response).await.expect("it is whole");
        assert!(Answer::read(&response).await.is_err(), "there is no more to read");
    }

    #[wasm_bindgen_test]
    fn only_a_sensible_wait_is_told() {
        for (header, wait) in
            [("7", Some(7)), ("3600", Some(3600)), ("3601", None), ("0", None), ("-1", None), ("soon", None)]
        {
            let response = Response::new().expect("a response can be made");
            response.headers().set("retry-after", header).expect("it is a header");
            assert_eq!(retry_after(&response), wait, "{header}");
        }
    }
}
