//! The demo person's picture, as a public image host serves one.

use axum::http::header;
use axum::response::IntoResponse;

/// Whether a path is a picture's. A browser requests pictures at any time.
pub(super) fn is_picture(path: &str) -> bool {
    path.starts_with("/avatars/")
}

/// `GET`: readable from any origin, and allowed in cross-origin isolated pages.
pub(super) async fn avatar() -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, "image/svg+xml"),
            (header::CACHE_CONTROL, "public, max-age=3600"),
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            // `HeaderName` has no constant for it.
            (header::HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        ],
        include_str!("avatar.svg"),
    )
}
