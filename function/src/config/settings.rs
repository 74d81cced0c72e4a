//! What RFC 6749 and its companions leave to choose. What a provider cannot do, nobody can set.

use std::ffi::OsString;

use shared::pkce;
use shared::provider::{ClientAuth, Preset};

use super::env::Env;
use crate::address;

impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    pub(super) fn client_auth(&mut self, variable: &str, preset: &Preset) -> Option<ClientAuth> {
        self.choice(variable, preset.client_auth, ClientAuth::as_str)
    }

    pub(super) fn pkce(&mut self, variable: &str, preset: &Preset) -> Option<pkce::Method> {
        self.choice(variable, preset.pkce, |method| method.map_or("none", pkce::Method::as_str)).flatten()
    }

    /// The one that is named, or else the first.
    fn choice<T: Copy>(&mut self, variable: &str, ways: &[T], name: fn(T) -> &'static str) -> Option<T> {
        let default = ways.first().copied();
        let Some(value) = self.optional(variable) else { return default };
        if let Some(way) = ways.iter().find(|way| name(**way) == value) {
            return Some(*way);
        }
        match ways.iter().map(|way| name(*way)).collect::<Vec<_>>()[..] {
            [] => self.fault(variable, "cannot be set for this provider, which has a way of its own"),
            [one] => self.fault(variable, format!("can only be {one} for this provider")),
            ref names => self.fault(variable, format!("must be one of: {}", names.join(", "))),
        }
        default
    }

    pub(super) fn scope(&mut self, variable: &str, preset: &Preset) -> Option<String> {
        let scope = self.optional(variable)?;
        if !preset.takes_scope {
            self.fault(variable, "cannot be set for this provider, which knows no scopes");
        } else if !scope.split(' ').all(is_scope_token) {
            self.fault(variable, "must be visible ASCII without quotes and backslashes, with single spaces in between");
        }
        Some(scope)
    }

    /// It is kept as it is written: a callback's `iss` is compared with it character for character.
    pub(super) fn issuer(&mut self, variable: &str, preset: &Preset) -> Option<String> {
        let issuer = self.optional(variable)?;
        if !preset.sends_issuer {
            self.fault(variable, "cannot be set for this provider, which does not say in a callback who it is");
        } else if let Err(problem) = address::parse_issuer(&issuer) {
            self.fault(variable, problem);
        }
        Some(issuer)
    }
}

/// RFC 6749, 3.3.
fn is_scope_token(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
}
