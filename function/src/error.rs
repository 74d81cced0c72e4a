//! Every refusal: its status, its public text, and what the log says beside it.
//!
//! The public text is a constant: nothing that came from the provider or the caller can get into it.

use std::borrow::Cow;

use http::StatusCode;
use shared::error::{ErrorCode, ErrorResponse, Retry};
use shared::provider::{ClientFault, ExchangeError};

use crate::config::Variables;

/// Why a request gets no success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Unknown path.
    NotFound,
    /// Known path, wrong method; with the methods that there are.
    MethodNotAllowed(&'static str),
    /// `Origin` is missing or not one of ours.
    OriginNotAllowed,
    /// Not `application/json`.
    UnsupportedMediaType,
    /// Over 16 KiB.
    BodyTooLarge,
    /// No token request, or for a provider we do not serve, or with a verifier where that takes none, or without.
    InvalidRequest,
    /// Not a redirect address of ours, or not of the caller's origin.
    RedirectUriNotAllowed,
    /// The provider does not accept the code.
    InvalidCode,
    /// The provider refuses a part of our registration: the operator must act, on one of these variables.
    ProviderRefusedClient(ClientFault, Variables),
    /// No connection; with what failed, for the log.
    ProviderUnreachable(&'static str),
    /// No proper answer; with what was wrong, for the log.
    ProviderBadResponse(&'static str),
    /// Too many requests; with the seconds to wait, where the provider says so.
    ProviderBusy(Option<u8>),
    /// The deadline passed.
    ProviderTimeout,
    /// A fault of ours.
    Internal,
}

impl Refusal {
    /// What the provider's answer means, whose variables are these.
    pub fn from_exchange(error: ExchangeError, variables: &Variables) -> Self {
        match error {
            ExchangeError::InvalidCode => Self::InvalidCode,
            ExchangeError::ClientRefused(fault) => Self::ProviderRefusedClient(fault, variables.clone()),
            ExchangeError::BadResponse(detail) => Self::ProviderBadResponse(detail),
        }
    }

    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound => ErrorCode::NotFound,
            Self::MethodNotAllowed(_) => ErrorCode::MethodNotAllowed,
            Self::OriginNotAllowed => ErrorCode::OriginNotAllowed,
            Self::UnsupportedMediaType => ErrorCode::UnsupportedMediaType,
            Self::BodyTooLarge => ErrorCode::BodyTooLarge,
            Self::InvalidRequest => ErrorCode::InvalidRequest,
            Self::RedirectUriNotAllowed => ErrorCode::RedirectUriNotAllowed,
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
            Self::ProviderRefusedClient(..) | Self::ProviderUnreachable(_) | Self::ProviderBadResponse(_) => {
                StatusCode::BAD_GATEWAY
            }
            Self::ProviderBusy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::ProviderTimeout => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whether trying again helps.
    pub fn retry(&self) -> Retry {
        match self {
            Self::InvalidCode => Retry::Login,
            Self::ProviderRefusedClient(..)
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
            Self::MethodNotAllowed(_) => "This path does not answer that method; the Allow header names those it does.",
            Self::OriginNotAllowed => "The Origin header must be one of this app's own origins.",
            Self::UnsupportedMediaType => "The body must be application/json.",
            Self::BodyTooLarge => "The body must not be over 16 KiB.",
            Self::InvalidRequest => {
                "The body must be a JSON object with exactly provider, code, redirect_uri and, where the provider has \
                 pkce, code_verifier, none of them empty."
            }
            Self::RedirectUriNotAllowed => {
                "The redirect_uri must be a registered one and lie on the origin that the request comes from."
            }
            Self::InvalidCode => "The provider does not accept this code. It may have expired; log in again.",
            Self::ProviderRefusedClient(..) => {
                "The provider does not accept this app's registration. Its operator has to mend that."
            }
            Self::ProviderUnreachable(_) => "The provider could not be reached. Try again later.",
            Self::ProviderBadResponse(_) => "The provider's answer made no sense. Try again later.",
            Self::ProviderBusy(_) => "The provider has too much to do. Try again later.",
            Self::ProviderTimeout => "The provider took too long to answer. Try again later.",
            Self::Internal => "Something went wrong here. Try again later.",
        }
    }

    /// What the log says beside the code; for the operator, so it names the variable to look at.
    pub fn detail(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::ProviderRefusedClient(fault, variables) => Some(refused_client(*fault, variables).into()),
            Self::ProviderUnreachable(detail) | Self::ProviderBadResponse(detail) => Some((*detail).into()),
            _ => None,
        }
    }

    /// The body.
    pub fn response(&self, request_id: &str) -> ErrorResponse {
        ErrorResponse {
            error: self.code(),
            message: self.message().into(),
            retry: self.retry(),
            request_id: request_id.into(),
        }
    }
}

fn refused_client(fault: ClientFault, variables: &Variables) -> String {
    let id = variables.name("CLIENT_ID");
    let secret = variables.name("CLIENT_SECRET");
    let can_be_meant = [
        (ClientFault::ID, format!("{id} is not known to the provider")),
        (ClientFault::SECRET, format!("{secret} is not this client's")),
        (ClientFault::AUTH, format!("{} is not its way to show them", variables.name("CLIENT_AUTH"))),
        (
            ClientFault::GRANT,
            format!("the client of {id} may not exchange codes: allow it the authorization code grant at the provider"),
        ),
        (
            ClientFault::REDIRECT_URI,
            format!("{} has a redirect URI that is not registered with the provider", variables.redirect_uris()),
        ),
        (ClientFault::PKCE, format!("{} is not what the provider requires", variables.name("PKCE"))),
        (ClientFault::SCOPE, format!("{} has a scope that this client may not have", variables.name("SCOPE"))),
        (ClientFault::TOKEN_URL, format!("{} is not where codes are exchanged", variables.name("TOKEN_URL"))),
    ];
    let mut parts: Vec<String> =
        can_be_meant.into_iter().filter(|(part, _)| fault.includes(*part)).map(|(_, text)| text).collect();
    let last = parts.pop().unwrap_or_default();
    match parts.len() {
        0 => last,
        1 => format!("{} or {last}", parts.concat()),
        _ => format!("{}, or {last}", parts.join(", ")),
    }
}
