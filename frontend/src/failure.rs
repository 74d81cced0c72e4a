//! Everything that can go wrong with a login, as a sentence for the person in front of it, and whether trying again
//! helps. Nothing that came from outside is repeated.

use shared::callback::CallbackError;
use shared::error::{ErrorCode, Retry};

/// Why there is no login, or no longer.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
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
    pub fn sentence(&self) -> String {
        let (text, wait) = match self {
            Self::Callback(error) => (callback(*error), None),
            Self::Function { code, wait, .. } => (function(*code), *wait),
            Self::NotOurs { status, wait } => (not_ours(*status), *wait),
            Self::NoAnswer => ("The app's server could not be reached. Check your connection and try again.", None),
            Self::NoRedirectUri => (
                "This address is not registered for logging in, so you could not come back here. \
                 Trying again does not help; the operator has to add it to OAUTH_REDIRECT_URIS.",
                None,
            ),
            Self::UnknownProvider => ("This app no longer offers that way to log in. Go back to the front page.", None),
            Self::NoStorage => (
                "Your browser does not let this page keep anything, so the login could not be recognised when you \
                 come back. Allow storage for this site and try again.",
                None,
            ),
            Self::NoCryptography => (
                "Your browser does not give this page the cryptography that a safe login needs. A newer browser will help.",
                None,
            ),
            Self::LoginEnded => ("Your login has ended. Log in again to go on.", None),
        };
        match wait {
            Some(1) => format!("{text} Please wait a second first."),
            Some(seconds) => format!("{text} Please wait {seconds} seconds first."),
            None => text.into(),
        }
    }

    /// Whether a button to try again is worth showing.
    pub fn can_retry(&self) -> bool {
        match self {
            Self::Function { retry, .. } => *retry != Retry::No,
            Self::NoRedirectUri | Self::UnknownProvider | Self::NoCryptography | Self::LoginEnded => false,
            Self::Callback(_) | Self::NotOurs { .. } | Self::NoAnswer | Self::NoStorage => true,
        }
    }

    /// The id to tell the operator, where there is one.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Function { request_id, .. } => Some(request_id),
            _ => None,
        }
    }
}

fn callback(error: CallbackError) -> &'static str {
    match error {
        CallbackError::Doubled
        | CallbackError::CodeAndError
        | CallbackError::CodeMissing
        | CallbackError::CodeMalformed => "The answer to the login is malformed, so it was not used. Try again.",
        CallbackError::StateMissing => "There is no login to finish here. Try again.",
        CallbackError::StateUnknown => {
            "This answer does not belong to a login of this tab: it was used already, or another tab began a login \
             since. Nothing was done with it. Try again."
        }
        CallbackError::Expired => "The login took more than ten minutes and has expired. Try again.",
        CallbackError::IssuerMismatch => {
            "The answer to the login does not come from the provider that was asked, so it was not used. Try again."
        }
        CallbackError::AccessDenied => "The login was cancelled. Try again if you did not mean to.",
        CallbackError::ProviderUnavailable => "The provider cannot log you in at the moment. Try again in a minute.",
        CallbackError::ProviderRefused => {
            "The provider refused the login. Try again; if it happens again, the app's operator has to look at it."
        }
    }
}

fn function(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::InvalidCode => "The provider does not accept this login any more. Try again.",
        ErrorCode::ProviderRefusedClient => {
            "The provider does not accept this app's registration. Its operator has to mend that; try again later."
        }
        ErrorCode::ProviderUnreachable => "The provider could not be reached. Try again in a minute.",
        ErrorCode::ProviderBadResponse => "The provider gave an answer that makes no sense. Try again in a minute.",
        ErrorCode::ProviderBusy => "The provider has too much to do right now. Try again later.",
        ErrorCode::ProviderTimeout => "The provider took too long to answer. Try again in a minute.",
        ErrorCode::InternalError => "Something went wrong on the app's server. Try again in a minute.",
        ErrorCode::OriginNotAllowed | ErrorCode::RedirectUriNotAllowed => {
            "This address is not registered for logging in. Trying again does not help; the app's operator has to add it."
        }
        ErrorCode::NotFound
        | ErrorCode::MethodNotAllowed
        | ErrorCode::UnsupportedMediaType
        | ErrorCode::BodyTooLarge
        | ErrorCode::InvalidRequest => {
            "This page and the app's server do not understand each other. Trying again does not help; load the page anew."
        }
        ErrorCode::Unknown => "The login did not work.",
    }
}

fn not_ours(status: u16) -> &'static str {
    match status {
        403 => {
            "Something between you and the app's server blocked the request. Try again; a different network may help."
        }
        429 => "Too many people are logging in at the moment. Try again in a minute.",
        502..=504 => "The app's server is not answering properly at the moment. Try again in a minute.",
        _ => "The app's server gave an answer that makes no sense. Try again in a minute.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Failure> {
        use CallbackError::*;
        use ErrorCode::*;
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
        let codes = [
            NotFound,
            MethodNotAllowed,
            OriginNotAllowed,
            UnsupportedMediaType,
            BodyTooLarge,
            InvalidRequest,
            RedirectUriNotAllowed,
            InvalidCode,
            ProviderRefusedClient,
            ProviderUnreachable,
            ProviderBadResponse,
            ProviderBusy,
            ProviderTimeout,
            InternalError,
            Unknown,
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
        callbacks.map(Failure::Callback).into_iter().chain(codes.map(function)).chain(own).chain(foreign).collect()
    }

    #[test]
    fn every_failure_is_a_sentence() {
        for failure in all() {
            let sentence = failure.sentence();
            assert!(sentence.ends_with('.') && sentence.starts_with(|c: char| c.is_uppercase()), "{sentence}");
            assert!(!sentence.contains("  ") && !sentence.contains('\n'), "{sentence}");
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
        assert!(busy(Some(30)).sentence().ends_with("Please wait 30 seconds first."));
        assert!(busy(Some(1)).sentence().ends_with("Please wait a second first."));
        assert!(!busy(None).sentence().contains("wait"));
    }

    #[test]
    fn the_functions_word_decides_whether_to_try_again() {
        for (retry, expected) in [(Retry::Login, true), (Retry::Later, true), (Retry::No, false)] {
            let failure = Failure::Function { code: ErrorCode::Unknown, retry, wait: None, request_id: String::new() };
            assert_eq!(failure.can_retry(), expected, "{retry:?}");
        }
    }
}
