//! What the function answers when it does not answer with a token.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::json::{Json, Reader};

/// Why there is no token: the `error` of an [`ErrorResponse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// 404: unknown path.
    NotFound,
    /// 405: the path is known, the method is not for it.
    MethodNotAllowed,
    /// 403: the request does not come from a page of ours.
    OriginNotAllowed,
    /// 415: not `application/json`.
    UnsupportedMediaType,
    /// 413: the body is over 16 KiB.
    BodyTooLarge,
    /// 400: not a token request.
    InvalidRequest,
    /// 400: not a redirect address of ours, or not the caller's.
    RedirectUriNotAllowed,
    /// 400: the provider does not accept the code.
    InvalidCode,
    /// 502: the provider refuses our id, secret or redirect address.
    ProviderRefusedClient,
    /// 502: no connection to the provider.
    ProviderUnreachable,
    /// 502: the provider answered, but not as it should.
    ProviderBadResponse,
    /// 503: the provider has too much to do, or we asked too often.
    ProviderBusy,
    /// 504: the provider took too long.
    ProviderTimeout,
    /// 500: our own fault.
    InternalError,
    /// A code that a newer function knows and this page does not.
    #[serde(other)]
    Unknown,
}

/// Whether trying again helps: the `retry` of an [`ErrorResponse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// A fresh login helps.
    Login,
    /// The same will work later.
    Later,
    /// It will not.
    #[serde(other)]
    No,
}

/// The body of every answer that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorResponse {
    /// Why.
    pub error: ErrorCode,
    /// The same as a sentence for people. It is ours: nothing that came from provider or caller is in it.
    pub message: String,
    /// Whether trying again helps.
    pub retry: Retry,
    /// The platform's id of this request, to find its log line by.
    pub request_id: String,
}

impl ErrorResponse {
    /// Reads an answer that is not a success, as the app does.
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
    /// All that there are.
    pub const ALL: [Self; 15] = [
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::OriginNotAllowed,
        Self::UnsupportedMediaType,
        Self::BodyTooLarge,
        Self::InvalidRequest,
        Self::RedirectUriNotAllowed,
        Self::InvalidCode,
        Self::ProviderRefusedClient,
        Self::ProviderUnreachable,
        Self::ProviderBadResponse,
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
            "invalid_code" => Self::InvalidCode,
            "provider_refused_client" => Self::ProviderRefusedClient,
            "provider_unreachable" => Self::ProviderUnreachable,
            "provider_bad_response" => Self::ProviderBadResponse,
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
    fn what_the_function_writes_the_app_reads() {
        for error in ErrorCode::ALL {
            for retry in [Retry::Login, Retry::Later, Retry::No] {
                let written = serde_json::to_value(refusal(error, retry)).expect("it is JSON");
                assert_eq!(ErrorResponse::from_json(&written), Some(refusal(error, retry)), "{written}");
            }
        }
    }

    #[test]
    fn what_only_a_newer_function_says_is_a_refusal_all_the_same() {
        let written =
            json!({ "error": "newer", "message": "A sentence.", "retry": "newer", "request_id": "id", "x": 1 });
        assert_eq!(ErrorResponse::from_json(&written), Some(refusal(ErrorCode::Unknown, Retry::No)));
    }

    #[test]
    fn what_is_not_whole_is_no_refusal_of_ours() {
        for member in ["error", "message", "retry", "request_id"] {
            let mut written = serde_json::to_value(refusal(ErrorCode::NotFound, Retry::No)).expect("it is JSON");
            written[member] = json!(1);
            assert_eq!(ErrorResponse::from_json(&written), None, "{member}");
        }
        assert_eq!(ErrorResponse::from_json(&json!({ "message": "Too Many Requests" })), None);
    }
}
