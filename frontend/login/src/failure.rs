//! Everything that can go wrong with a login: a sentence for the person, and whether a retry helps. No text from
//! outside the app is shown.

use std::error::Error;
use std::fmt;

use shared::callback::CallbackError;
use shared::error::{ErrorCode, Retry};

use crate::texts::Texts;

/// Why a login failed or a session ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// The callback was rejected, or carries no code.
    Callback(CallbackError),
    /// The function returned an error.
    Function {
        /// The error code.
        code: ErrorCode,
        /// Whether a retry helps, as the function reports it.
        retry: Retry,
        /// The requested wait, in seconds.
        wait: Option<u32>,
        /// The ID by which the operator finds the request in the log.
        request_id: String,
    },
    /// A response that is not the function's: from the edge in front of it, the platform, or a proxy.
    NotOurs {
        /// The HTTP status.
        status: u16,
        /// The requested wait, in seconds.
        wait: Option<u32>,
    },
    /// There was no response.
    NoAnswer,
    /// None of the redirect URIs is on this page's origin.
    NoRedirectUri,
    /// The provider is not, or no longer, in the configuration.
    UnknownProvider,
    /// The browser stores nothing, so a callback could not be matched to a login.
    NoStorage,
    /// The browser provides no random numbers or no hashes.
    NoCryptography,
    /// It is not known whether the person is signed in, because the request failed.
    SessionUnknown,
    /// The session has ended: it expired, or the provider no longer accepts it.
    LoginEnded,
    /// The person logged out in another tab, or the browser's storage was cleared.
    SignedOutElsewhere,
    /// The provider's API could not be reached.
    ProviderUnreachable,
    /// The configuration is not loaded, so the address of the provider's API is unknown.
    NoConfig,
    /// The app tried to send the session to an origin that the configuration does not allow.
    ForeignOrigin,
}

impl Cause {
    /// What happened, and whether a retry helps.
    pub(crate) fn sentence(&self, texts: &Texts) -> &'static str {
        match self {
            Self::Callback(error) => callback(*error, texts),
            Self::Function { code, .. } => function(*code, texts),
            Self::NotOurs { status, .. } => match status {
                403 => texts.blocked,
                429 => texts.too_many,
                502..=504 => texts.server_unavailable,
                _ => texts.server_bad_response,
            },
            Self::NoAnswer => texts.no_answer,
            Self::NoRedirectUri => texts.not_registered,
            Self::UnknownProvider => texts.unknown_provider,
            Self::NoStorage => texts.no_storage,
            Self::NoCryptography => texts.no_cryptography,
            Self::SessionUnknown => texts.session_unknown,
            Self::LoginEnded => texts.login_ended,
            Self::SignedOutElsewhere => texts.signed_out_elsewhere,
            Self::ForeignOrigin => texts.foreign_origin,
            Self::ProviderUnreachable => texts.provider_unreachable,
            Self::NoConfig => texts.no_answer,
        }
    }

    /// How to fix a wrong configuration, for the developer. It is of no use to a visitor.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoRedirectUri
            | Self::Function { code: ErrorCode::OriginNotAllowed | ErrorCode::RedirectUriNotAllowed, .. } => {
                Some("Add this origin’s /auth to OAUTH_REDIRECT_URIS and to the registration with the provider.")
            }
            Self::NoAnswer | Self::SessionUnknown | Self::NotOurs { status: 502..=504, .. } => {
                Some("Nothing responds at /api/. Is the function running? cargo xtask dev starts it on port 9000.")
            }
            Self::Function { code: ErrorCode::ProviderRefusedClient, .. } => {
                Some("The function’s log names the variable that the provider rejects.")
            }
            Self::Function { code: ErrorCode::ProviderUnreachable | ErrorCode::ProviderTimeout, .. } => {
                Some("The function cannot reach OAUTH_TOKEN_URL, or gets no response in time.")
            }
            Self::Callback(CallbackError::IssuerMismatch) => {
                Some("The callback’s iss is not OAUTH_ISSUER. OAUTH_ISSUER=none turns the check off.")
            }
            _ => None,
        }
    }

    /// Whether to show a button to try again.
    pub(crate) fn can_retry(&self) -> bool {
        match self {
            Self::Function { retry, .. } => *retry != Retry::No,
            Self::NoRedirectUri
            | Self::UnknownProvider
            | Self::NoCryptography
            | Self::LoginEnded
            | Self::SignedOutElsewhere
            | Self::ForeignOrigin => false,
            Self::Callback(_)
            | Self::NotOurs { .. }
            | Self::NoAnswer
            | Self::NoStorage
            | Self::ProviderUnreachable
            | Self::SessionUnknown
            | Self::NoConfig => true,
        }
    }

    /// The earliest time for a retry, if the response gives one, in milliseconds since the Unix epoch.
    pub(crate) fn retry_at(&self, now: u64) -> Option<u64> {
        match self {
            Self::Function { wait: Some(seconds), .. } | Self::NotOurs { wait: Some(seconds), .. } => {
                Some(now.saturating_add(u64::from(*seconds) * 1000))
            }
            _ => None,
        }
    }

    /// The ID to report to the operator, if there is one.
    pub(crate) fn request_id(&self) -> Option<&str> {
        match self {
            Self::Function { request_id, .. } => Some(request_id),
            _ => None,
        }
    }
}

/// A failure, as an app shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// What happened, and whether a retry helps, in the person's language. It contains no text from outside the app.
    pub sentence: &'static str,
    /// For the developer who sets up the app: which variable to check. Show it on a development machine only.
    pub hint: Option<&'static str>,
    /// Whether [`Auth::retry`](crate::Auth::retry) can help, so that an app should show a button for it.
    pub can_retry: bool,
    /// The ID by which the app's operator finds the request in the function's log, if there is one.
    pub request_id: Option<String>,
}

impl Failure {
    pub(crate) fn new(cause: &Cause, can_retry: bool, texts: &Texts) -> Self {
        Self {
            sentence: cause.sentence(texts),
            hint: cause.hint(),
            can_retry,
            request_id: cause.request_id().map(Into::into),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence)
    }
}

impl Error for Failure {}

fn callback(error: CallbackError, texts: &Texts) -> &'static str {
    match error {
        CallbackError::Doubled
        | CallbackError::CodeAndError
        | CallbackError::CodeMissing
        | CallbackError::CodeMalformed => texts.callback_malformed,
        CallbackError::StateMissing => texts.nothing_to_finish,
        CallbackError::StateUnknown => texts.state_unknown,
        CallbackError::Expired => texts.expired,
        CallbackError::IssuerMismatch | CallbackError::RedirectUriMismatch => texts.wrong_issuer,
        CallbackError::AccessDenied => texts.cancelled,
        CallbackError::ProviderUnavailable => texts.provider_unavailable,
        CallbackError::ProviderRefused => texts.provider_refused,
    }
}

fn function(code: ErrorCode, texts: &Texts) -> &'static str {
    match code {
        ErrorCode::InvalidCode => texts.code_refused,
        ErrorCode::ProviderRefusedClient => texts.client_refused,
        ErrorCode::ProviderUnreachable => texts.provider_unreachable,
        ErrorCode::InvalidSession | ErrorCode::TokenExpired | ErrorCode::SessionChanged => texts.login_ended,
        ErrorCode::ProviderBadResponse | ErrorCode::SessionTooLarge => texts.provider_bad_response,
        ErrorCode::ProviderBusy => texts.provider_busy,
        ErrorCode::ProviderTimeout => texts.provider_timeout,
        ErrorCode::InternalError => texts.internal_error,
        ErrorCode::OriginNotAllowed | ErrorCode::RedirectUriNotAllowed => texts.not_registered,
        ErrorCode::NotFound
        | ErrorCode::MethodNotAllowed
        | ErrorCode::UnsupportedMediaType
        | ErrorCode::BodyTooLarge
        | ErrorCode::InvalidRequest => texts.not_understood,
        ErrorCode::Unknown => texts.unknown_error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Cause> {
        use CallbackError::*;
        let callbacks = [
            Doubled,
            StateMissing,
            StateUnknown,
            Expired,
            IssuerMismatch,
            RedirectUriMismatch,
            CodeMissing,
            CodeAndError,
            CodeMalformed,
            AccessDenied,
            ProviderUnavailable,
            ProviderRefused,
        ];
        let function = |code| Cause::Function { code, retry: Retry::Later, wait: None, request_id: "id".into() };
        let own = [
            Cause::NoAnswer,
            Cause::NoRedirectUri,
            Cause::UnknownProvider,
            Cause::NoStorage,
            Cause::NoCryptography,
            Cause::LoginEnded,
            Cause::SignedOutElsewhere,
            Cause::ForeignOrigin,
            Cause::ProviderUnreachable,
            Cause::NoConfig,
        ];
        let foreign = [403, 404, 429, 500, 502, 503, 504, 200].map(|status| Cause::NotOurs { status, wait: None });
        callbacks
            .map(Cause::Callback)
            .into_iter()
            .chain(ErrorCode::ALL.map(function))
            .chain(own)
            .chain(foreign)
            .collect()
    }

    #[test]
    fn every_failure_is_a_sentence_in_every_language() {
        for texts in Texts::ALL {
            for cause in all() {
                let sentence = cause.sentence(texts);
                assert!(sentence.ends_with('.') && sentence.starts_with(|c: char| c.is_uppercase()), "{sentence}");
                assert!(!sentence.contains("  ") && !sentence.contains('\n'), "{sentence}");
                assert!(!sentence.contains("OAUTH_"), "a visitor sees the configuration: {sentence}");
            }
        }
    }

    #[test]
    fn retry_time_counts_from_now() {
        let busy = |wait| Cause::NotOurs { status: 503, wait };
        assert_eq!(busy(Some(30)).retry_at(5_000), Some(35_000));
        assert_eq!(busy(None).retry_at(5_000), None);
    }

    #[test]
    fn retry_member_of_the_error_decides_whether_to_try_again() {
        for (retry, expected) in [(Retry::Login, true), (Retry::Later, true), (Retry::No, false)] {
            let cause = Cause::Function { code: ErrorCode::Unknown, retry, wait: None, request_id: String::new() };
            assert_eq!(cause.can_retry(), expected, "{retry:?}");
        }
    }
}
