//! What the function answers when it does not answer with a token.

use alloc::string::String;

use serde::{Deserialize, Serialize};

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
    /// 413: the body is over 8 KiB.
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
