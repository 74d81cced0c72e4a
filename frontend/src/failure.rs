//! Everything that can go wrong with a login, as a sentence for the person in front of it, and whether trying again
//! helps. Nothing that came from outside is repeated.

use shared::callback::CallbackError;
use shared::error::{ErrorCode, Retry};

use crate::browser;
use crate::texts::Texts;

/// Why there is no login, or no longer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
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
    /// The login is over: it expired, or the provider no longer accepts it.
    LoginEnded,
}

impl Failure {
    /// What happened and whether trying again helps.
    pub(crate) fn sentence(&self, texts: &Texts) -> String {
        let mut sentence = String::from(self.text(texts));
        match self {
            Self::Function { wait: Some(1), .. } | Self::NotOurs { wait: Some(1), .. } => {
                sentence.push_str(texts.wait_a_second);
            }
            Self::Function { wait: Some(seconds), .. } | Self::NotOurs { wait: Some(seconds), .. } => {
                let (before, after) = texts.wait_seconds;
                for part in [before, &seconds.to_string(), after] {
                    sentence.push_str(part);
                }
            }
            _ => {}
        }
        sentence
    }

    fn text(&self, texts: &Texts) -> &'static str {
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
            _ => None,
        }
    }

    /// Whether a button to try again is worth showing.
    pub(crate) fn can_retry(&self) -> bool {
        match self {
            Self::Function { retry, .. } => *retry != Retry::No,
            Self::NoRedirectUri | Self::UnknownProvider | Self::NoCryptography | Self::LoginEnded => false,
            Self::Callback(_) | Self::NotOurs { .. } | Self::NoAnswer | Self::NoStorage => true,
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

/// What an app tells somebody of something that went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notice {
    /// What happened and whether trying again helps, in a language that the person reads. Nothing of it is from outside.
    pub sentence: String,
    /// Whether a button to try again is worth showing.
    pub can_retry: bool,
    /// The number by which the app's operator finds the request in the function's log, where there is one.
    pub request_id: Option<String>,
}

impl Notice {
    /// That the provider's API gave no answer.
    pub(crate) fn no_answer_of_the_provider() -> Self {
        let texts = Texts::of(&browser::language());
        Self { sentence: texts.provider_unreachable.into(), can_retry: true, request_id: None }
    }
}

impl From<Failure> for Notice {
    fn from(failure: Failure) -> Self {
        Self {
            sentence: failure.sentence(Texts::of(&browser::language())),
            can_retry: failure.can_retry(),
            request_id: failure.request_id().map(Into::into),
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
        CallbackError::IssuerMismatch => texts.wrong_issuer,
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

    fn all() -> Vec<Failure> {
        use CallbackError::*;
        let callbacks = [
            Doubled,
            StateMissing,
            StateUnknown,
            Expired,
            IssuerMismatch,
            CodeMissing,
            CodeAndError,
            CodeMalformed,
            AccessDenied,
            ProviderUnavailable,
            ProviderRefused,
        ];
        let function = |code| Failure::Function { code, retry: Retry::Later, wait: None, request_id: "id".into() };
        let own = [
            Failure::NoAnswer,
            Failure::NoRedirectUri,
            Failure::UnknownProvider,
            Failure::NoStorage,
            Failure::NoCryptography,
            Failure::LoginEnded,
        ];
        let foreign = [403, 404, 429, 500, 502, 503, 504, 200].map(|status| Failure::NotOurs { status, wait: None });
        callbacks
            .map(Failure::Callback)
            .into_iter()
            .chain(ErrorCode::ALL.map(function))
            .chain(own)
            .chain(foreign)
            .collect()
    }

    #[test]
    fn every_failure_is_a_sentence_in_every_language() {
        for texts in Texts::all() {
            for failure in all() {
                let sentence = failure.sentence(texts);
                assert!(sentence.ends_with('.') && sentence.starts_with(|c: char| c.is_uppercase()), "{sentence}");
                assert!(!sentence.contains("  ") && !sentence.contains('\n'), "{sentence}");
                assert!(!sentence.contains("OAUTH_"), "a visitor is told of the set-up: {sentence}");
            }
        }
    }

    #[test]
    fn a_wait_is_told() {
        let busy = |wait| Failure::Function {
            code: ErrorCode::ProviderBusy,
            retry: Retry::Later,
            wait,
            request_id: String::new(),
        };
        let english = Texts::of("en");
        assert!(busy(Some(30)).sentence(english).ends_with("Please wait 30 seconds first."));
        assert!(busy(Some(1)).sentence(english).ends_with("Please wait a second first."));
        assert!(!busy(None).sentence(english).contains("wait"));
    }

    #[test]
    fn the_functions_word_decides_whether_to_try_again() {
        for (retry, expected) in [(Retry::Login, true), (Retry::Later, true), (Retry::No, false)] {
            let failure = Failure::Function { code: ErrorCode::Unknown, retry, wait: None, request_id: String::new() };
            assert_eq!(failure.can_retry(), expected, "{retry:?}");
        }
    }
}
