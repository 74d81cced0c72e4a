//! What RFC 6749 and its companions leave open, and what servers have of their own. What a provider cannot do cannot be set.

use std::ffi::OsString;

use shared::pkce;
use shared::provider::{BaseUrl, CLIENT_ID, ClientAuth, Issuer, Preset, ProfileConfig, Scope, at_base};

use super::Variables;
use super::env::Env;
use crate::address;

/// How many characters a provider's name may have.
const MAX_NAME: usize = 100;

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
        let Some(scope) = self.optional(variable) else {
            return match preset.scope {
                Scope::Default(scope) => Some(scope.into()),
                Scope::Unknown | Scope::Optional => None,
            };
        };
        if preset.scope == Scope::Unknown {
            self.fault(variable, "cannot be set for this provider, which has no scopes");
        } else if !scope.split(' ').all(is_scope_token) {
            self.fault(variable, "must be visible ASCII without quotes and backslashes, with single spaces in between");
        }
        Some(scope)
    }

    /// What this provider's addresses begin with, without a `/` at the end.
    pub(super) fn base_url(&mut self, variables: &Variables, preset: &Preset) -> Option<String> {
        let variable = variables.name("BASE_URL");
        let has_addresses = self.is_set(&variables.name("AUTHORIZE_URL")) && self.is_set(&variables.name("TOKEN_URL"));
        match preset.base_url {
            BaseUrl::None if self.is_set(&variable) => {
                self.fault(&variable, "cannot be set for this provider, whose addresses have variables of their own");
                None
            }
            BaseUrl::None => None,
            BaseUrl::Default(url) => self.base_address(&variable, Some(url.into())),
            BaseUrl::Required(example) => {
                if !self.is_set(&variable) && !has_addresses {
                    self.missing(
                        &variable,
                        format!("is not set; it is what the provider's addresses begin with, such as {example}"),
                    );
                }
                self.base_address(&variable, None)
            }
        }
    }

    /// It is kept as it is written: a callback's `iss` is compared with it character for character. The preset's own holds
    /// only at the preset's own login page: another one is another server.
    pub(super) fn issuer(&mut self, variables: &Variables, preset: &Preset, base_url: Option<&str>) -> Option<String> {
        let variable = variables.name("ISSUER");
        match (self.optional(&variable), preset.issuer) {
            (None, Issuer::Default(issuer)) if !self.is_set(&variables.name("AUTHORIZE_URL")) => {
                at_base(issuer, base_url)
            }
            (None, _) => None,
            // For a server that has stopped sending what the preset expects.
            (Some(none), Issuer::Default(_)) if none == "none" => None,
            (Some(issuer), Issuer::Never) => {
                self.fault(&variable, "cannot be set for this provider, which does not name itself in a callback");
                Some(issuer)
            }
            (Some(issuer), _) => {
                if let Err(problem) = address::parse_issuer(&issuer) {
                    self.fault(&variable, problem);
                }
                Some(issuer)
            }
        }
    }

    /// The name on the button.
    pub(super) fn name(&mut self, variable: &str) -> Option<String> {
        let name = self.optional(variable)?;
        if name.chars().any(char::is_control) || name.trim() != name || name.chars().count() > MAX_NAME {
            self.fault(
                variable,
                "must be a name of up to 100 characters, without line ends and without spaces around it",
            );
        }
        Some(name)
    }

    /// The provider's profile, with the places that are configured.
    pub(super) fn profile(&mut self, variables: &Variables, preset: &Preset, client_id: &str) -> ProfileConfig {
        let mut profile = (preset.profile)();
        if let Some(name) = self.pointer(&variables.name("PROFILE_NAME")) {
            profile.name = vec![name];
        }
        if let Some(picture) = self.pointer(&variables.name("PROFILE_PICTURE")) {
            profile.picture = Some(picture);
        }
        for header in &mut profile.headers {
            *header = header.replace(CLIENT_ID, client_id);
        }
        profile
    }

    /// A JSON Pointer (RFC 6901) that leads to a member.
    fn pointer(&mut self, variable: &str) -> Option<String> {
        let pointer = self.optional(variable)?;
        let is_escape = |rest: &str| rest.starts_with(['0', '1']);
        if !pointer.starts_with('/') || !pointer.split('~').skip(1).all(is_escape) {
            self.fault(variable, "must be a JSON Pointer (RFC 6901), such as /user/name");
        }
        Some(pointer)
    }
}

/// RFC 6749, 3.3.
fn is_scope_token(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
}
