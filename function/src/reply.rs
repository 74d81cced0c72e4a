//! The responses: their headers, and their bodies in JSON.

use http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use serde::Serialize;

use crate::error::Refusal;

/// The edge may cache the configuration for five minutes, and a deployment clears that cache; browsers revalidate it
/// each time.
const CONFIG_CACHE: &str = "public, max-age=0, s-maxage=300";

/// A response that is opened as a page can load nothing, run nothing and not be framed.
const POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// The configuration.
pub(crate) fn config(json: String) -> Response<Body> {
    let mut response = ok(json.into());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(CONFIG_CACHE));
    response
}

/// A success with a JSON body.
pub(crate) fn json(value: &impl Serialize) -> Response<Body> {
    ok(text(value))
}

/// A success with a JSON body and cookies.
pub(crate) fn json_with(value: &impl Serialize, cookies: &[String]) -> Response<Body> {
    with_cookies(json(value), cookies)
}

/// A success without a body.
pub(crate) fn empty(cookies: &[String]) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    with_cookies(response, cookies)
}

/// An error response.
pub(crate) fn refusal(refusal: &Refusal, request_id: &str) -> Response<Body> {
    let mut response = ok(text(&refusal.response(request_id)));
    *response.status_mut() = refusal.status();
    match refusal {
        Refusal::MethodNotAllowed(allow) => {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        Refusal::ProviderBusy(Some(seconds)) => {
            response.headers_mut().insert(header::RETRY_AFTER, u16::from(*seconds).into());
        }
        Refusal::SessionTooLarge(cookies) => return with_cookies(response, cookies),
        _ => {}
    }
    response
}

/// Adds the headers of every response. The configuration keeps its own `Cache-Control`.
pub(crate) fn finish(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn ok(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn text(value: &impl Serialize) -> Body {
    serde_json::to_string(value).expect("our own responses are strings and numbers, which are always JSON").into()
}

fn with_cookies(mut response: Response<Body>, cookies: &[String]) -> Response<Body> {
    for cookie in cookies {
        // It consists of our names and attributes, and of base64url.
        let value = HeaderValue::from_str(cookie).expect("a cookie of ours is visible ASCII");
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
