//! Validating the authorization response at `/auth` (RFC 6749, 4.1.2; RFC 9700, 4.7).
//!
//! `state` is checked before `error` and `code`, so that nothing in a response that this tab did not request is used.
//! Then the path and, if the issuer is known, `iss` are checked, so that nothing in another provider's response is used
//! either. Only [`Callback::validate`] creates a [`Validated`], and a token request can only be made from that.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

use crate::form;
use crate::pkce::CodeVerifier;
use crate::redirect;
use crate::return_path::ReturnPath;
use crate::secret::AuthorizationCode;
use crate::state::PendingLogin;

/// The parameters of a callback, parsed but not yet validated.
#[derive(Debug, Default)]
pub struct Callback {
    states: Vec<String>,
    codes: Vec<AuthorizationCode>,
    errors: Vec<String>,
    issuers: Vec<String>,
    path: String,
}

impl Callback {
    /// Parses the path of the callback and its query, with or without the leading `?`. Unknown parameters are ignored
    /// (RFC 6749, 4.1.2). A second `?` belongs to the first parameter's name, as in browsers.
    pub fn parse(path: &str, query: &str) -> Self {
        let mut callback = Self { path: path.into(), ..Self::default() };
        for (name, value) in form::parse(query.strip_prefix('?').unwrap_or(query)) {
            match &*name {
                "state" => callback.states.push(value),
                "code" => callback.codes.push(AuthorizationCode::new(value)),
                "error" => callback.errors.push(value),
                "iss" => callback.issuers.push(value),
                _ => {}
            }
        }
        callback
    }

    /// Every `state` in the callback. Each is used up by this, so remove what is stored under it before you validate
    /// the callback.
    pub fn states(&self) -> impl Iterator<Item = &str> {
        self.states.iter().map(String::as_str).filter(|state| !state.is_empty())
    }

    /// Validates the callback against the login that was stored under its state, if there was one.
    ///
    /// # Errors
    /// If the callback is rejected, or carries the provider's error in place of a code.
    pub fn validate(self, pending: Option<PendingLogin>, now_ms: u64) -> Result<Validated, CallbackError> {
        let doubled = [self.states.len(), self.codes.len(), self.errors.len(), self.issuers.len()];
        if doubled.iter().any(|&times| times > 1) {
            return Err(CallbackError::Doubled);
        }
        if self.states().next().is_none() {
            return Err(CallbackError::StateMissing);
        }
        let pending = pending.ok_or(CallbackError::StateUnknown)?;
        if pending.is_expired(now_ms) {
            return Err(CallbackError::Expired);
        }
        // A response at another redirect URI is another provider's, and its code must not be sent to this one (RFC
        // 9700, 4.4.2.2). Some servers add a trailing `/`.
        let path = |path: &str| Some(path.strip_suffix('/').unwrap_or(path).to_owned());
        if redirect::path(&pending.redirect_uri).and_then(path) != path(&self.path) {
            return Err(CallbackError::RedirectUriMismatch);
        }
        // Checked before `error`, which another provider could have made up (RFC 9207, 2.4). This compares strings:
        // comparing parsed URLs would accept some that only look alike.
        if let Some(issuer) = &pending.issuer
            && self.issuers.first() != Some(issuer)
        {
            return Err(CallbackError::IssuerMismatch);
        }
        // A parameter without a value counts as absent (RFC 6749, 3.1).
        let error = self.errors.into_iter().find(|error| !error.is_empty());
        let code = self.codes.into_iter().find(|code| !code.expose().is_empty());
        match (code, error) {
            (Some(code), None) if code.is_well_formed() => Ok(Validated {
                provider: pending.provider,
                redirect_uri: pending.redirect_uri,
                return_to: pending.return_to,
                code,
                code_verifier: pending.code_verifier,
            }),
            (Some(_), None) => Err(CallbackError::CodeMalformed),
            (None, Some(error)) => Err(CallbackError::from_provider(&error)),
            (None, None) => Err(CallbackError::CodeMissing),
            (Some(_), Some(_)) => Err(CallbackError::CodeAndError),
        }
    }
}

/// A callback that this tab requested and that carries a code. Only [`Callback::validate`] creates one.
#[derive(Debug)]
pub struct Validated {
    pub(crate) provider: String,
    pub(crate) redirect_uri: String,
    pub(crate) code: AuthorizationCode,
    pub(crate) code_verifier: Option<CodeVerifier>,
    return_to: ReturnPath,
}

impl Validated {
    /// The provider with which the login began.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Where to go after the login.
    pub fn return_to(&self) -> &ReturnPath {
        &self.return_to
    }
}

/// Why a callback was rejected, or carries no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackError {
    /// `state`, `code`, `error` or `iss` occurs twice (RFC 6749, 3.1).
    Doubled,
    /// There is no `state`: the callback belongs to no login, or `/auth` was opened by hand.
    StateMissing,
    /// The `state` is not one of this tab's pending logins: made up, another tab's, or already used.
    StateUnknown,
    /// The login began more than half an hour ago.
    Expired,
    /// `iss` is missing, or is not the issuer to which the request was sent (RFC 9207, 2.4).
    IssuerMismatch,
    /// The callback arrived at another redirect URI than the one in the request (RFC 9700, 4.4.2.2).
    RedirectUriMismatch,
    /// There is neither a `code` nor an `error`.
    CodeMissing,
    /// There are both a `code` and an `error`.
    CodeAndError,
    /// The code contains characters that are not allowed (RFC 6749, A.11), or is too long.
    CodeMalformed,
    /// The person or the provider denied the request: `access_denied` (RFC 6749, 4.1.2.1).
    AccessDenied,
    /// The provider is temporarily unable to respond: `server_error` or `temporarily_unavailable`.
    ProviderUnavailable,
    /// The provider rejected the request: any other `error`.
    ProviderRefused,
}

impl fmt::Display for CallbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Doubled => "a parameter occurs twice",
            Self::StateMissing => "there is no state",
            Self::StateUnknown => "the state belongs to no pending login",
            Self::Expired => "the login has expired",
            Self::IssuerMismatch => "the issuer is missing or another one",
            Self::RedirectUriMismatch => "the redirect URI is not that of the request",
            Self::CodeMissing => "there is neither a code nor an error",
            Self::CodeAndError => "there are both a code and an error",
            Self::CodeMalformed => "the code is malformed",
            Self::AccessDenied => "access was denied",
            Self::ProviderUnavailable => "the provider is temporarily unavailable",
            Self::ProviderRefused => "the provider rejected the request",
        })
    }
}

impl Error for CallbackError {}

impl CallbackError {
    fn from_provider(error: &str) -> Self {
        match error {
            "access_denied" => Self::AccessDenied,
            "server_error" | "temporarily_unavailable" => Self::ProviderUnavailable,
            _ => Self::ProviderRefused,
        }
    }
}

#[cfg(test)]
mod tests;
