//! A request of ours, with what is the same for all of them.

use gloo_net::http::{Request, RequestBuilder, Response};
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestRedirect};

use crate::json::Js;

/// How long an answer may take, in milliseconds: longer than the function and the edge allow themselves.
const PATIENCE_MS: u32 = 30_000;

/// What came back, whoever sent it.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// `Retry-After` in seconds.
    pub(crate) wait: Option<u32>,
    /// The body, if it is JSON.
    pub(crate) json: Option<Js>,
}

/// There was no answer, or it broke off. Why is told to nobody but the browser's own console.
#[derive(Debug)]
pub(crate) struct NoAnswer;

/// `GET`, as plainly as a `preload` in `index.html` asks, or the browser would ask twice.
pub(crate) async fn get(url: &str) -> Result<Answer, NoAnswer> {
    send(Request::get(url), None).await
}

/// `GET` with this in the `Authorization` header. The answer is kept nowhere, and goes nowhere else.
pub(crate) async fn get_authorized(url: &str, authorization: &str) -> Result<Answer, NoAnswer> {
    send(private(Request::get(url)).header("authorization", authorization), None).await
}

/// `POST` with these headers and this body. The answer is kept nowhere, and comes from nowhere else.
pub(crate) async fn post(url: &str, headers: &[(&str, &str)], body: &str) -> Result<Answer, NoAnswer> {
    let request =
        headers.iter().fold(private(Request::post(url)), |request, (name, value)| request.header(name, value));
    send(request, Some(body)).await
}

/// `POST` of this JSON, or else `GET`, with this in the `Authorization` header. It gives the status and the text that came
/// back, for whoever reads them in another way.
pub(crate) async fn text(url: &str, authorization: &str, json: Option<&str>) -> Result<(u16, String), NoAnswer> {
    let request = match json {
        Some(_) => private(Request::post(url)).header("content-type", "application/json"),
        None => private(Request::get(url)),
    };
    let response = complete(request.header("authorization", authorization), json)?.send().await?;
    Ok((response.status(), response.text().await?))
}

fn private(request: RequestBuilder) -> RequestBuilder {
    request.cache(RequestCache::NoStore).credentials(RequestCredentials::Omit).redirect(RequestRedirect::Error)
}

async fn send(request: RequestBuilder, body: Option<&str>) -> Result<Answer, NoAnswer> {
    Answer::read(&complete(request, body)?.send().await?).await
}

fn complete(request: RequestBuilder, body: Option<&str>) -> Result<Request, NoAnswer> {
    let request = request.abort_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    Ok(match body {
        Some(body) => request.body(body)?,
        None => request.build()?,
    })
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
    async fn a_request_for_somebody_else_carries_the_token_and_goes_nowhere_else() {
        // In place of the network: the request comes back in words.
        let echo = js_sys::Function::new_with_args(
            "request",
            "const { headers, method, redirect, credentials, cache } = request;
            const said = [method, headers.get('authorization'), headers.get('content-type'), redirect, credentials, cache];
            return request.text().then((body) => new Response([...said, body].join(), { status: 403 }));",
        );
        let (window, name) = (js_sys::global(), "fetch".into());
        let network = js_sys::Reflect::get(&window, &name).expect("a browser has it");
        js_sys::Reflect::set(&window, &name, &echo).expect("it can be replaced");
        let plain = text("/a", "Bearer t", None).await;
        let posted = text("/a", "Bearer t", Some("{}")).await;
        js_sys::Reflect::set(&window, &name, &network).expect("it can be put back");
        let told = |answer: Result<(u16, String), NoAnswer>| answer.expect("it answers");
        assert_eq!(told(plain), (403, "GET,Bearer t,,error,omit,no-store,".to_owned()));
        assert_eq!(told(posted), (403, "POST,Bearer t,application/json,error,omit,no-store,{}".to_owned()));
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
