//! A call of the provider's API on behalf of the page (RFC 10017, 6.1): what is sent there, and what is returned.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use lambda_http::{Body, Response};
use reqwest::Client;
use shared::secret::AccessToken;

use super::profile::referer;
use super::{Answer, LARGE, plain, send, whole};
use crate::config::Provider;
use crate::error::Refusal;
use crate::log::Upstream;

/// The headers of the page's request that are sent to the API.
const SENT: [HeaderName; 3] = [header::CONTENT_TYPE, header::ACCEPT, header::IF_NONE_MATCH];

/// The headers of the API's response that are returned, in addition to its media type and its rate limits.
const RETURNED: [HeaderName; 3] = [header::ETAG, header::LINK, header::RETRY_AFTER];

/// The prefixes of rate-limit headers.
const RATE_LIMITS: [&str; 3] = ["ratelimit", "x-ratelimit", "x-rate-limit"];

/// Media types that a browser treats as data, even if the response is opened as a page.
const MEDIA_TYPES: [&str; 7] =
    ["application/json", "text/plain", "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

/// A call by the page.
pub(crate) struct Call<'a> {
    pub(crate) method: &'a Method,
    pub(crate) address: String,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    /// The app's origin, for APIs that require a `Referer`.
    pub(crate) origin: &'a str,
}

/// Forwards the call with the token.
pub(crate) async fn forward(
    client: &Client,
    provider: &Provider,
    token: &AccessToken,
    call: Call<'_>,
    known: &mut Upstream,
) -> Result<Response<Body>, Refusal> {
    let mut request = client.request(call.method.clone(), call.address).bearer_auth(token.expose());
    for name in SENT {
        for value in call.headers.get_all(&name) {
            request = request.header(&name, value);
        }
    }
    if let Some(profile) = &provider.profile {
        for (name, value) in profile.config.headers.iter().filter_map(|header| header.split_once(':')) {
            request = request.header(name, value);
        }
        if profile.config.referrer {
            request = request.header(header::REFERER, referer(call.origin));
        }
    }
    let has_body = matches!(*call.method, Method::POST | Method::PUT | Method::PATCH);
    request = match call.body {
        [] if has_body => request.header(header::CONTENT_LENGTH, 0),
        [] => request,
        body => request.body(body.to_vec()),
    };
    let response = send(plain(request)).await?;
    let status = response.status();
    known.status = Some(status.as_u16());
    if status.is_informational() || (status.is_redirection() && status != StatusCode::NOT_MODIFIED) {
        return Err(Refusal::ProviderBadResponse("the API sent a redirect, which the proxy does not follow"));
    }
    whole(response, LARGE).await.map(|answer| returned(&provider.app.id, answer))
}

/// The response in the form that the page gets.
fn returned(provider: &str, answer: Answer) -> Response<Body> {
    let Answer { status, headers: received, body } = answer;
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if !matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        headers.insert(header::CONTENT_TYPE, media_type(&received));
    }
    let is_limit = |name: &HeaderName| RATE_LIMITS.iter().any(|start| name.as_str().starts_with(start));
    for name in received.keys().filter(|name| RETURNED.contains(name) || is_limit(name)) {
        // Responses of Lambda have each header only once.
        let values: Vec<_> = received.get_all(name).iter().map(HeaderValue::as_bytes).collect();
        if let Ok(value) = HeaderValue::from_bytes(&values.join(&b", "[..])) {
            headers.insert(name, value);
        }
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    if let Ok(id) = HeaderValue::from_str(provider) {
        headers.insert("x-provider", id);
    }
    // Text avoids base64, which would make it longer.
    *response.body_mut() = match String::from_utf8(body) {
        Ok(text) if text.is_empty() => Body::Empty,
        Ok(text) => Body::Text(text),
        Err(bytes) => Body::Binary(bytes.into_bytes()),
    };
    response
}

/// The API's media type if browsers treat it as data, or else `application/octet-stream`.
fn media_type(headers: &HeaderMap) -> HeaderValue {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let only = values.next().filter(|_| values.next().is_none());
    let is_data = |value: &&HeaderValue| {
        let Ok(value) = value.to_str() else { return false };
        let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_json = || {
            let subtype = essence.split_once('/').map(|(_, subtype)| subtype);
            subtype
                .and_then(|subtype| subtype.strip_suffix("+json"))
                .is_some_and(|name| !name.is_empty() && !essence.contains([',', ' ']))
        };
        // A comma would start a second media type: some proxies join repeated headers with one.
        !value.contains(',') && (MEDIA_TYPES.contains(&&*essence) || is_json())
    };
    only.filter(is_data).cloned().unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_data_keeps_its_media_type() {
        for (value, is_kept) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/problem+json", true),
            ("text/plain;charset=UTF-8", true),
            ("image/avif", true),
            ("text/html", false),
            ("image/svg+xml", false),
            ("text/html, application/json", false),
            ("application/json, text/html", false),
            ("text/html; x=application/json", false),
            ("application/+json", false),
            ("text/html x/a+json", false),
            ("application/xhtml+xml", false),
            ("text/javascript", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, value.parse().expect("a valid value"))]);
            let expected = if is_kept { value } else { "application/octet-stream" };
            assert_eq!(media_type(&headers), expected, "{value}");
        }
        let mut twice = HeaderMap::new();
        twice.append(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        twice.append(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        assert_eq!(media_type(&twice), "application/octet-stream");
    }
}
