//! Checks of the caller: whether a request comes from this app's page, which session it is for, and whether the path
//! accepts its body.

use http::{HeaderMap, Method, header};
use lambda_http::{Request, RequestExt as _};
use shared::redirect;

use crate::config::Config;
use crate::error::Refusal;

/// The headers that browsers send with a request that a page's own script makes (W3C, "Fetch Metadata Request
/// Headers").
const FETCH_METADATA: [(&str, &str); 2] = [("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "empty")];

/// Checks by its headers that the request comes from this app's page: for methods that change something by `Origin`
/// (RFC 10017, 6.1.3.3), and for all methods by [`FETCH_METADATA`]. Returns the origin, if it was checked.
pub(crate) fn check_page<'a>(config: &Config, request: &'a Request) -> Result<Option<&'a str>, Refusal> {
    let headers = request.headers();
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD);
    let origin = if is_safe { None } else { Some(allowed_origin(config, headers).ok_or(Refusal::OriginNotAllowed)?) };
    let is_expected = |(name, expected)| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => true,
            (Some(value), None) => value == expected,
            (Some(_), Some(_)) => false,
        }
    };
    FETCH_METADATA.into_iter().all(is_expected).then_some(origin).ok_or(Refusal::OriginNotAllowed)
}

/// The request's `Origin`, if there is exactly one and it is allowed. The provider is not known yet; that the redirect
/// URI belongs to it is checked later.
fn allowed_origin<'a>(config: &Config, headers: &'a HeaderMap) -> Option<&'a str> {
    let origin = only(headers, header::ORIGIN.as_str())?;
    let mut redirect_uris = config.providers.iter().flat_map(|provider| &provider.app.redirect_uris);
    redirect_uris.any(|uri| redirect::origin(uri) == Some(origin)).then_some(origin)
}

/// The id of the session that the request is for.
pub(crate) fn session_id(headers: &HeaderMap) -> Result<&str, Refusal> {
    only(headers, "x-session").filter(|id| !id.is_empty()).ok_or(Refusal::OriginNotAllowed)
}

/// The value of a header that occurs exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    value.to_str().ok()
}

/// The body of a request whose body must be JSON.
pub(crate) fn json_body(request: &Request, limit: usize) -> Result<&[u8], Refusal> {
    let bytes: &[u8] = request.body().as_ref();
    if !bytes.is_empty() && !is_json(request.headers()) {
        return Err(Refusal::UnsupportedMediaType);
    }
    body(request, limit)
}

/// The body of a request whose body may be anything.
pub(crate) fn body(request: &Request, limit: usize) -> Result<&[u8], Refusal> {
    let bytes: &[u8] = request.body().as_ref();
    if bytes.len() > limit { Err(Refusal::BodyTooLarge) } else { Ok(bytes) }
}

/// The path as the caller sent it. The one in `uri` is normalized: `/api/x/../token` would be `/api/token`.
pub(crate) fn path(request: &Request) -> &str {
    match request.raw_http_path() {
        // The request did not come from Lambda.
        "" => request.uri().path(),
        path => path,
    }
}

/// Whether there is exactly one media type and it is `application/json`, with or without a charset.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = only(headers, header::CONTENT_TYPE.as_str()) else { return false };
    let mut parts = value.split(';').map(str::trim);
    // A comma would start a second media type: some proxies join repeated headers with one.
    let is_name = |value: &str| value.bytes().all(|b| b.is_ascii_graphic() && b != b',');
    let is_charset = |part: &str| {
        part.split_once('=').is_some_and(|(name, value)| name.eq_ignore_ascii_case("charset") && is_name(value))
    };
    parts.next().is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/json"))
        && parts.all(|part| part.is_empty() || is_charset(part))
}
