//! The envelope around every JSON response of AniAPI.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

/// Becomes a response with HTTP 200, whatever its own status: AniAPI does that, too. [`Envelope::with_status`] is the
/// exception.
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

    /// A response whose HTTP status is the envelope's.
    pub(super) fn with_status(self) -> Response {
        let status = StatusCode::from_u16(self.status_code).expect("an envelope's status is validated when it is set");
        (status, self).into_response()
    }
}

impl From<Envelope> for Value {
    fn from(envelope: Envelope) -> Self {
        serde_json::to_value(envelope).expect("text and JSON values can be serialized")
    }
}

impl IntoResponse for Envelope {
    fn into_response(self) -> Response {
        const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

        let body = serde_json::to_string(&self).expect("text and JSON values can be serialized");
        ([(header::CONTENT_TYPE, JSON)], body).into_response()
    }
}
