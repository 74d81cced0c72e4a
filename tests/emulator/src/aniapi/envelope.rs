//! The envelope around every JSON answer of AniAPI.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

/// Becomes an answer with HTTP 200, whatever its own status says: that is AniAPI's way, and
/// [`Envelope::with_status`] the exception.
#[derive(Debug, Serialize)]
pub(super) struct Envelope {
    status_code: u16,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    version: &'static str,
}

impl Envelope {
    pub(super) fn success(message: impl Into<String>, data: impl Into<Value>) -> Self {
        Self::new(200, message).with_data(data)
    }

    pub(super) fn new(status_code: u16, message: impl Into<String>) -> Self {
        Self { status_code, message: message.into(), data: None, version: "1" }
    }

    pub(super) fn with_data(self, data: impl Into<Value>) -> Self {
        Self { data: Some(data.into()), ..self }
    }

    /// The answer whose HTTP status is the envelope's own.
    pub(super) fn with_status(self) -> Response {
        let status = StatusCode::from_u16(self.status_code).expect("an envelope's status was checked where it came in");
        (status, self).into_response()
    }
}

impl IntoResponse for Envelope {
    fn into_response(self) -> Response {
        const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

        let body = serde_json::to_string(&self).expect("text and JSON values make JSON");
        ([(header::CONTENT_TYPE, JSON)], body).into_response()
    }
}
