//! CORS headers.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// `OPTIONS`: `Authorization` needs a preflight, and `*` would not cover it. The requested headers and method are
/// repeated, as AniAPI's server does.
pub(super) async fn preflight(headers: HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    for (asked, allowed) in [
        (header::ACCESS_CONTROL_REQUEST_HEADERS, header::ACCESS_CONTROL_ALLOW_HEADERS),
        (header::ACCESS_CONTROL_REQUEST_METHOD, header::ACCESS_CONTROL_ALLOW_METHODS),
    ] {
        if let Some(value) = headers.get(asked) {
            response.headers_mut().insert(allowed, value.clone());
        }
    }
    allow_any_origin(&mut response);
    response
}

/// Allows pages of any origin to read a response.
pub(super) fn allow_any_origin(response: &mut Response) {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
}
