//! The error responses: their status, their public message, and the detail in the log.
//!
//! The message is a constant, so it cannot contain anything that the provider or the caller sent.

use std::borrow::Cow;
use std::{error, fmt};

use http::StatusCode;
use shared::error::{ErrorCode, ErrorResponse, Retry};
use shared::provider::{ClientFault, ExchangeError};

use crate::config::Variables;

/// Why a request fails. It displays as the public message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Unknown path.
    NotFound,
    /// Known path, wrong method; with the allowed methods.
    MethodNotAllowed(&'static str),
    /// Not from this app's page, by `Origin`, or by `Sec-Fetch-Site` and `Sec-Fetch-Dest`; or `X-Session` is missing.
    OriginNotAllowed,
    /// The body is not `application/json`.
    UnsupportedMediaType,
    /// The body is over 16 KiB, or over 256 KiB through the proxy.
    BodyTooLarge,
    /// Not a valid request for this path: for example not a token request, an unknown provider, a code verifier that is
    /// missing or not accepted, or an ambiguous path through the proxy.
    InvalidRequest,
    /// The redirect URI is not registered, or not on the caller's origin.
    RedirectUriNotAllowed,
    /// There is no session, or the provider no longer renews it.
    InvalidSession,
    /// The session's access token has expired.
    TokenExpired,
    /// The cookie's session is not the one that the request is for.
    SessionChanged,
    /// The provider does not accept the code.
    InvalidCode,
    /// The provider rejects a part of our registration: the operator has to correct one of these variables.
    ProviderRefusedClient(ClientFault, Variables),
    /// There is no connection to the provider; with what failed, for the log.
    ProviderUnreachable(&'static str),
    /// The provider's response is invalid; with what is wrong, for the log.
    ProviderBadResponse(&'static str),
    /// The tokens do not fit into two cookies; with the `Set-Cookie` headers of the response.
    SessionTooLarge(Vec<String>),
    /// Too many requests; with the seconds to wait, if the provider says how long.
    ProviderBusy(Option<u8>),
    /// The provider did not respond before the deadline.
    ProviderTimeout,
    /// The function itself failed.
    Internal,
}

impl Refusal {
    /// The error for a failed token request to the provider that has these variables.
    pub fn from_exchange(error: ExchangeError, variables: &Variables) -> Self {
        match error {
            ExchangeError::InvalidCode => Self::InvalidCode,
            ExchangeError::ClientRefused(fault) => Self::ProviderRefusedClient(fault, variables.clone()),
            ExchangeError::BadResponse(detail) => Self::ProviderBadResponse(detail),
        }
    }

    /// The code, which is stable.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound => ErrorCode::NotFound,
            Self::MethodNotAllowed(_) => ErrorCode::MethodNotAllowed,
            Self::OriginNotAllowed => ErrorCode::OriginNotAllowed,
            Self::UnsupportedMediaType => ErrorCode::UnsupportedMediaType,
            Self::BodyTooLarge => ErrorCode::BodyTooLarge,
            Self::InvalidRequest => ErrorCode::InvalidRequest,
            Self::RedirectUriNotAllowed => ErrorCode::RedirectUriNotAllowed,
            Self::InvalidSession => ErrorCode::InvalidSession,
            Self::TokenExpired => ErrorCode::TokenExpired,
            Self::SessionChanged => ErrorCode::SessionChanged,
            Self::SessionTooLarge(_) => ErrorCode::SessionTooLarge,
            Self::InvalidCode => ErrorCode::InvalidCode,
            Self::ProviderRefusedClient(..) => ErrorCode::ProviderRefusedClient,
            Self::ProviderUnreachable(_) => ErrorCode::ProviderUnreachable,
            Self::ProviderBadResponse(_) => ErrorCode::ProviderBadResponse,
            Self::ProviderBusy(_) => ErrorCode::ProviderBusy,
            Self::ProviderTimeout => ErrorCode::ProviderTimeout,
            Self::Internal => ErrorCode::InternalError,
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::OriginNotAllowed => StatusCode::FORBIDDEN,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::InvalidRequest | Self::RedirectUriNotAllowed | Self::InvalidCode => StatusCode::BAD_REQUEST,
            Self::InvalidSession | Self::TokenExpired => StatusCode::UNAUTHORIZED,
            Self::SessionChanged => StatusCode::CONFLICT,
            Self::ProviderRefusedClient(..)
            | Self::ProviderUnreachable(_)
            | Self::ProviderBadResponse(_)
            | Self::SessionTooLarge(_) => StatusCode::BAD_GATEWAY,
            Self::ProviderBusy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::ProviderTimeout => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whether a retry can succeed.
    pub fn retry(&self) -> Retry {
        match self {
            Self::InvalidCode | Self::InvalidSession => Retry::Login,
            Self::TokenExpired
            | Self::ProviderRefusedClient(..)
            | Self::ProviderUnreachable(_)
            | Self::ProviderBadResponse(_)
            | Self::ProviderBusy(_)
            | Self::ProviderTimeout
            | Self::Internal => Retry::Later,
            _ => Retry::No,
        }
    }

    fn message(&self) -> &'static str {
        match self {
            Self::NotFound => "There is nothing at this path.",
            Self::MethodNotAllowed(_) => {
                "This path does not support this method; the Allow header lists the supported ones."
            }
            Self::OriginNotAllowed => {
                "The request must come from a page of this app. Check Origin, Sec-Fetch-Site, Sec-Fetch-Dest and \
                 X-Session."
            }
            Self::UnsupportedMediaType => "The body must be application/json.",
            Self::BodyTooLarge => "The body must not exceed 16 KiB, or 256 KiB below /api/provider/.",
            Self::InvalidRequest => {
                "The body must be a JSON object with exactly the members that this path accepts, none of them empty. \
                 Below /api/provider/, the path must be allowed and unambiguous."
            }
            Self::RedirectUriNotAllowed => {
                "The redirect_uri must be registered, and on the origin that the request comes from."
            }
            Self::InvalidSession => "There is no session, or the provider no longer renews it. Log in again.",
            Self::TokenExpired => "The session's access token has expired. Renew the session.",
            Self::SessionChanged => {
                "This request is for a different session than the current one. There may have been another login."
            }
            Self::SessionTooLarge(_) => "The provider's tokens are too long to fit into cookies.",
            Self::InvalidCode => "The provider does not accept this code. It may have expired; log in again.",
            Self::ProviderRefusedClient(..) => {
                "The provider does not accept this app's registration. The app's operator has to correct it."
            }
            Self::ProviderUnreachable(_) => "The provider could not be reached. Try again later.",
            Self::ProviderBadResponse(_) => "The provider sent an invalid response. Try again later.",
            Self::ProviderBusy(_) => "The provider is busy. Try again later.",
            Self::ProviderTimeout => "The provider took too long to answer. Try again later.",
            Self::Internal => "Something went wrong on the server. Try again later.",
        }
    }

    /// What the log has in addition to the code. It is for the operator, so it names the variables to check.
    pub fn detail(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::ProviderRefusedClient(fault, variables) => Some(refused_client(*fault, variables).into()),
            Self::ProviderUnreachable(detail) | Self::ProviderBadResponse(detail) => Some((*detail).into()),
            Self::SessionTooLarge(_) => Some("the provider's tokens do not fit into two cookies of 3,800 bytes".into()),
            _ => None,
        }
    }

    /// The body of the response.
    pub fn response(&self, request_id: &str) -> ErrorResponse {
        ErrorResponse {
            error: self.code(),
            message: self.message().into(),
            retry: self.retry(),
            request_id: request_id.into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl error::Error for Refusal {}

/// Names each variable that the provider may have rejected.
fn refused_client(fault: ClientFault, variables: &Variables) -> String {
    let id = variables.name("CLIENT_ID");
    let secret = variables.name("CLIENT_SECRET");
    let causes = [
        (ClientFault::ID, format!("{id} is not known to the provider")),
        (ClientFault::SECRET, format!("{secret} is not this client's secret")),
        (ClientFault::AUTH, format!("{} is not the method that the provider expects", variables.name("CLIENT_AUTH"))),
        (
            ClientFault::GRANT,
            format!("the client of {id} may not use the authorization code grant: allow it at the provider"),
        ),
        (
            ClientFault::REDIRECT_URI,
            format!("{} has a redirect URI that is not registered with the provider", variables.redirect_uris()),
        ),
        (ClientFault::PKCE, format!("{} is not what the provider requires", variables.name("PKCE"))),
        (ClientFault::SCOPE, format!("{} has a scope that this client may not request", variables.name("SCOPE"))),
        (ClientFault::TOKEN_URL, format!("{} is not the address of the token endpoint", variables.name("TOKEN_URL"))),
    ];
    let mut parts: Vec<String> =
        causes.into_iter().filter(|(part, _)| fault.includes(*part)).map(|(_, text)| text).collect();
    let last = parts.pop().unwrap_or_default();
    match parts.len() {
        0 => last,
        1 => format!("{} or {last}", parts.concat()),
        _ => format!("{}, or {last}", parts.join(", ")),
    }
}
