//! The function's error responses.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::json::{Json, Reader};

/// The error code: the `error` of an [`ErrorResponse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// 404: unknown path.
    NotFound,
    /// 405: the path does not support the method.
    MethodNotAllowed,
    /// 403: the request does not come from a page of this app.
    OriginNotAllowed,
    /// 415: the body is not `application/json`.
    UnsupportedMediaType,
    /// 413: the body is over 16 KiB.
    BodyTooLarge,
    /// 400: the request is malformed.
    InvalidRequest,
    /// 400: the redirect URI is not registered, or not on the caller's origin.
    RedirectUriNotAllowed,
    /// 401: the request belongs to no session, or the provider rejects its refresh token.
    InvalidSession,
    /// 401: the session's access token has expired; renewing it helps.
    TokenExpired,
    /// 409: the cookie's session is not the one that the request is for.
    SessionChanged,
    /// 400: the provider rejects the code.
    InvalidCode,
    /// 502: the provider rejects the client's registration or request.
    ProviderRefusedClient,
    /// 502: the provider cannot be reached.
    ProviderUnreachable,
    /// 502: the provider's response is invalid.
    ProviderBadResponse,
    /// 502: the provider's tokens are too long for two cookies.
    SessionTooLarge,
    /// 503: the provider is overloaded, or limits the rate of requests.
    ProviderBusy,
    /// 504: the provider did not respond in time.
    ProviderTimeout,
    /// 500: a fault of the function itself.
    InternalError,
    /// A code of a newer function that this page does not know.
    #[serde(other)]
    Unknown,
}

/// Whether a retry helps: the `retry` of an [`ErrorResponse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Retry {
    /// A new login helps.
    Login,
    /// The same request can succeed later.
    Later,
    /// A retry does not help.
    #[serde(other)]
    No,
}

/// The body of every error response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorResponse {
    /// The error code.
    pub error: ErrorCode,
    /// A description for people. It contains no text from the provider or the caller.
    pub message: String,
    /// Whether a retry helps.
    pub retry: Retry,
    /// The platform's id of the request, by which its log line can be found.
    pub request_id: String,
}

impl ErrorResponse {
    /// Reads an error response in the app.
    pub fn from_json<J: Json>(json: &J) -> Option<Self> {
        let mut read = Reader::of(json);
        let refusal = Self {
            error: ErrorCode::named(&read.text("error")),
            message: read.text("message"),
            retry: Retry::named(&read.text("retry")),
            request_id: read.text("request_id"),
        };
        read.whole(refusal)
    }
}

impl ErrorCode {
    /// All error codes.
    pub const ALL: [Self; 19] = [
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::OriginNotAllowed,
        Self::UnsupportedMediaType,
        Self::BodyTooLarge,
        Self::InvalidRequest,
        Self::RedirectUriNotAllowed,
        Self::InvalidSession,
        Self::TokenExpired,
        Self::SessionChanged,
        Self::InvalidCode,
        Self::ProviderRefusedClient,
        Self::ProviderUnreachable,
        Self::ProviderBadResponse,
        Self::SessionTooLarge,
        Self::ProviderBusy,
        Self::ProviderTimeout,
        Self::InternalError,
        Self::Unknown,
    ];

    fn named(name: &str) -> Self {
        match name {
            "not_found" => Self::NotFound,
            "method_not_allowed" => Self::MethodNotAllowed,
            "origin_not_allowed" => Self::OriginNotAllowed,
            "unsupported_media_type" => Self::UnsupportedMediaType,
            "body_too_large" => Self::BodyTooLarge,
            "invalid_request" => Self::InvalidRequest,
            "redirect_uri_not_allowed" => Self::RedirectUriNotAllowed,
            "invalid_session" => Self::InvalidSession,
            "token_expired" => Self::TokenExpired,
            "session_changed" => Self::SessionChanged,
            "invalid_code" => Self::InvalidCode,
            "provider_refused_client" => Self::ProviderRefusedClient,
            "provider_unreachable" => Self::ProviderUnreachable,
            "provider_bad_response" => Self::ProviderBadResponse,
            "session_too_large" => Self::SessionTooLarge,
            "provider_busy" => Self::ProviderBusy,
            "provider_timeout" => Self::ProviderTimeout,
            "internal_error" => Self::InternalError,
            _ => Self::Unknown,
        }
    }
}

impl Retry {
    fn named(name: &str) -> Self {
        match name {
            "login" => Self::Login,
            "later" => Self::Later,
            _ => Self::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(error: ErrorCode, retry: Retry) -> ErrorResponse {
        ErrorResponse { error, message: "A sentence.".into(), retry, request_id: "id".into() }
    }

    #[test]
    fn app_reads_the_error_that_the_function_writes() {
        for error in ErrorCode::ALL {
            for retry in [Retry::Login, Retry::Later, Retry::No] {
                let written = serde_json::to_value(refusal(error, retry)).expect("it is JSON");
                assert_eq!(ErrorResponse::from_json(&written), Some(refusal(error, retry)), "{written}");
            }
        }
    }

    #[test]
    fn unknown_code_and_unknown_retry_are_read() {
        let written =
            json!({ "error": "newer", "message": "A sentence.", "retry": "newer", "request_id": "id", "x": 1 });
        assert_eq!(ErrorResponse::from_json(&written), Some(refusal(ErrorCode::Unknown, Retry::No)));
    }

    #[test]
    fn incomplete_error_response_is_rejected() {
        for member in ["error", "message", "retry", "request_id"] {
            let mut written = serde_json::to_value(refusal(ErrorCode::NotFound, Retry::No)).expect("it is JSON");
            written[member] = json!(1);
            assert_eq!(ErrorResponse::from_json(&written), None, "{member}");
        }
        assert_eq!(ErrorResponse::from_json(&json!({ "message": "Too Many Requests" })), None);
    }
}
