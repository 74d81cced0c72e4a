//! Everything that can go wrong with a login, as a sentence for the person in front of it, and whether trying again
//! helps. Nothing that came from outside is repeated.

use shared::callback::CallbackError;
use shared::error::{ErrorCode, Retry};

use crate::texts::Texts;

/// Why there is no login, or no longer.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// The callback is not believed, or brought no code.
    Callback(CallbackError),
    /// The function said no.
    Function {
        /// Why.
        code: ErrorCode,
        /// Whether it says that trying again helps.
        retry: Retry,
        /// The seconds it asks to wait.
        wait: Option<u32>,
        /// The id by which the operator finds the request in the log.
        request_id: String,
    },
    /// An answer that is not the function's: from the edge in front of it, from the platform, from somebody's proxy.
    NotOurs {
        /// Its HTTP status.
        status: u16,
        /// The seconds it asks to wait.
        wait: Option<u32>,
    },
    /// No answer at all.
    NoAnswer,
    /// None of the app's redirect addresses lies on this page's origin.
    NoRedirectUri,
    /// The configuration does not have the provider (any more).
    UnknownProvider,
    /// The browser keeps nothing, so nobody could be recognised when they come back.
    NoStorage,
    /// The browser gives no random numbers, or makes no hashes.
    NoCryptography,
    /// The session is over: it expired, or the provider no longer accepts it.
    LoginEnded,
    /// Somebody logged out in another tab, or emptied the browser's storage.
    SignedOutElsewhere,
    /// The provider's API could not be reached.
    ProviderUnreachable,
    /// The configuration has not come, so it is not known where the provider's API is.
    NoConfig,
    /// The app wants to send the session to an origin that the configuration does not allow.
    ForeignOrigin,
}

impl Cause {
    /// What happened and whether trying again helps.
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
            Self::LoginEnded => texts.login_ended,
            Self::SignedOutElsewhere => texts.signed_out_elsewhere,
            Self::ForeignOrigin => texts.foreign_origin,
            Self::ProviderUnreachable => texts.provider_unreachable,
            Self::NoConfig => texts.no_answer,
        }
    }

    /// How to mend a wrong set-up, for whoever sets the app up. A visitor could not do anything with it.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoRedirectUri
            | Self::Function { code: ErrorCode::OriginNotAllowed | ErrorCode::RedirectUriNotAllowed, .. } => {
                Some("OAUTH_REDIRECT_URIS needs this origin’s /auth, and so does the registration with the provider.")
            }
            Self::NoAnswer | Self::NotOurs { status: 502..=504, .. } => {
                Some("Nothing answers at /api/: does the function run? cargo xtask dev starts it, on port 9000.")
            }
            Self::Function { code: ErrorCode::ProviderRefusedClient, .. } => {
                Some("The function’s log names the variable that the provider does not accept.")
            }
            Self::Function { code: ErrorCode::ProviderUnreachable | ErrorCode::ProviderTimeout, .. } => {
                Some("OAUTH_TOKEN_URL has to answer where the function runs.")
            }
            Self::Callback(CallbackError::IssuerMismatch) => {
                Some("The callback’s iss is not OAUTH_ISSUER. With OAUTH_ISSUER=none, none is expected.")
            }
            _ => None,
        }
    }

    /// Whether a button to try again is worth showing.
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
            | Self::NoConfig => true,
        }
    }

    /// When the other side wants to be asked again, if it says so: milliseconds since the Unix epoch.
    pub(crate) fn retry_at(&self, now: u64) -> Option<u64> {
        match self {
            Self::Function { wait: Some(seconds), .. } | Self::NotOurs { wait: Some(seconds), .. } => {
                Some(now.saturating_add(u64::from(*seconds) * 1000))
            }
            _ => None,
        }
    }

    /// The id to tell the operator, where there is one.
    pub(crate) fn request_id(&self) -> Option<&str> {
        match self {
            Self::Function { request_id, .. } => Some(request_id),
            _ => None,
        }
    }
}

/// Something that went wrong, as an app shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// What happened and whether trying again helps, in the person's language. It repeats nothing from outside.
    pub sentence: &'static str,
    /// For a developer who sets the app up: which variable to look at. Show it on a development machine only.
    pub hint: Option<&'static str>,
    /// Whether [`Auth::retry`](crate::Auth::retry) helps, so that a button for it is worth showing.
    pub can_retry: bool,
    /// The number by which the app's operator finds the request in the function's log, if there is one.
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
        ErrorCode::ProviderBadResponse => texts.provider_bad_response,
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
                assert!(!sentence.contains("OAUTH_"), "a visitor is told of the set-up: {sentence}");
            }
        }
    }

    #[test]
    fn the_time_to_wait_counts_from_now() {
        let busy = |wait| Cause::NotOurs { status: 503, wait };
        assert_eq!(busy(Some(30)).retry_at(5_000), Some(35_000));
        assert_eq!(busy(None).retry_at(5_000), None);
    }

    #[test]
    fn the_functions_word_decides_whether_to_try_again() {
        for (retry, expected) in [(Retry::Login, true), (Retry::Later, true), (Retry::No, false)] {
            let cause = Cause::Function { code: ErrorCode::Unknown, retry, wait: None, request_id: String::new() };
            assert_eq!(cause.can_retry(), expected, "{retry:?}");
        }
    }
}
