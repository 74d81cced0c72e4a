//! What came back to `/auth`, and whether to believe it (RFC 6749, 4.1.2; RFC 9700, 4.7).
//!
//! `state` is judged before `error` and `code`: nothing of an answer that this tab did not ask for is looked at. Then the
//! path and, if the provider names itself, `iss`: nothing of an answer that another provider gave is looked at either.
//! Only [`Callback::validate`] makes a [`Validated`], and only that makes a token request.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::form;
use crate::pkce::CodeVerifier;
use crate::redirect;
use crate::return_path::ReturnPath;
use crate::secret::AuthorizationCode;
use crate::state::PendingLogin;

/// The parameters of a callback, read but not yet believed.
#[derive(Debug, Default)]
pub struct Callback {
    states: Vec<String>,
    codes: Vec<AuthorizationCode>,
    errors: Vec<String>,
    issuers: Vec<String>,
    path: String,
}

impl Callback {
    /// Reads the path of the callback's address, and its query with or without the leading `?`. Other parameters are ignored
    /// (RFC 6749, 4.1.2). A second `?` belongs to the first parameter's name, as a browser reads it.
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

    /// Every `state` it names. Each is used up by being named, so what is stored under it must be removed before
    /// the callback is judged.
    pub fn states(&self) -> impl Iterator<Item = &str> {
        self.states.iter().map(String::as_str).filter(|state| !state.is_empty())
    }

    /// Judges the callback against the login that was stored under its state, if there was one.
    ///
    /// # Errors
    /// Says why the callback is not believed, or what the provider said in place of a code.
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
        // Here another provider's answer would arrive: one that sends people on to it must not get its code (RFC 9700,
        // 4.4.2.2). Some servers add a `/` at the end.
        let path = |path: &str| Some(path.strip_suffix('/').unwrap_or(path).to_owned());
        if redirect::path(&pending.redirect_uri).and_then(path) != path(&self.path) {
            return Err(CallbackError::RedirectUriMismatch);
        }
        // Before `error` too, which another provider could have made up (RFC 9207, 2.4). The comparison is of
        // characters: one that understands addresses would let some through that only look alike.
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

/// A callback that this tab asked for and that carries a code. It can be made only by [`Callback::validate`].
#[derive(Debug)]
pub struct Validated {
    pub(crate) provider: String,
    pub(crate) redirect_uri: String,
    pub(crate) code: AuthorizationCode,
    pub(crate) code_verifier: Option<CodeVerifier>,
    return_to: ReturnPath,
}

impl Validated {
    /// The provider that the login was begun with.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Where to go when the login is done.
    pub fn return_to(&self) -> &ReturnPath {
        &self.return_to
    }
}

/// Why a callback brings no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackError {
    /// `state`, `code`, `error` or `iss` appears twice (RFC 6749, 3.1).
    Doubled,
    /// There is no `state`: nobody asked for this, or somebody opened `/auth` by hand.
    StateMissing,
    /// The `state` is not one that this tab waits for: made up, another tab's, or used already.
    StateUnknown,
    /// The login was begun more than half an hour ago.
    Expired,
    /// The provider that answers is not the one that was asked: its `iss` is missing or another (RFC 9207, 2.4).
    IssuerMismatch,
    /// It came to another redirect URI than the one that was sent to the provider (RFC 9700, 4.4.2.2).
    RedirectUriMismatch,
    /// Neither `code` nor `error` is there.
    CodeMissing,
    /// Both are there.
    CodeAndError,
    /// The code has characters that no code has (RFC 6749, A.11), or too many.
    CodeMalformed,
    /// The person, or the provider for them, said no: `access_denied` (RFC 6749, 4.1.2.1).
    AccessDenied,
    /// The provider cannot now: `server_error` or `temporarily_unavailable`.
    ProviderUnavailable,
    /// The provider refuses the request itself: any other `error`.
    ProviderRefused,
}

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
