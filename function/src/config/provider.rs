//! The variables of one provider. Some settings are left open by RFC 6749 and related RFCs, or differ between servers; one that
//! a provider does not support cannot be set for it.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use shared::config::ProviderConfig;
use shared::pkce;
use shared::provider::{
    BaseUrl, CLIENT_ID, ClientAuth, ClientCredentials, Issuer, Preset, ProfileConfig, Scope, at_base,
};
use shared::secret::ClientSecret;
use shared::session::SessionMode;

use super::env::Env;
use super::function::Named;
use super::{ProfileEndpoint, Provider, Unread};
use crate::address;
use crate::store::StoredSecret;

/// The maximum length of a provider's name, in characters.
const MAX_NAME: usize = 100;

const SECRET_IS_AN_OBJECT: &str = "names a secret that is a JSON object; it must be the client secret and nothing \
     else. For an object that maps variables to values, use OAUTH_SECRETS_ARN";

const SECRET_IS_WRONG: &str =
    "names a secret that is not a valid client secret for this provider; it must be that and nothing else";

/// The source of a client secret.
pub(super) enum SecretSource {
    /// The environment.
    Known(ClientSecret),
    /// AWS Secrets Manager.
    Stored(StoredSecret),
}

/// The names of one provider's variables: `OAUTH_CLIENT_ID` if it is the only provider, and `OAUTH_GITHUB_CLIENT_ID` if
/// there are several or if it has its own id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variables(Option<Arc<str>>);

impl Variables {
    pub(super) fn plain() -> Self {
        Self(None)
    }

    /// Names that contain the provider's id.
    pub(super) fn of(provider: &str) -> Self {
        Self(Some(provider.into()))
    }

    /// The variables that can contain its redirect URIs: its own, or else the shared one.
    pub fn redirect_uris(&self) -> String {
        let (own, common) = (self.name("REDIRECT_URIS"), Self::plain().name("REDIRECT_URIS"));
        if own == common { own } else { format!("{own}, or {common} if that is not set,") }
    }

    /// The full name of the variable with this ending.
    pub fn name(&self, end: &str) -> String {
        match &self.0 {
            None => format!("OAUTH_{end}"),
            Some(provider) => format!("OAUTH_{}_{end}", provider.to_ascii_uppercase()),
        }
    }
}

impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    /// Reads the variables of one provider; `None` after a fault that leaves nothing usable. In `tab` mode no refresh
    /// tokens are requested, because they cannot be stored.
    pub(super) fn provider(&mut self, named: &Named, all: &[Named], mode: SessionMode) -> Option<Provider<Unread>> {
        let Named { id, preset, variables } = named;
        let name = |end| variables.name(end);

        let client_id = self.client_id(&name("CLIENT_ID"), preset);
        let secret = self.secret(preset, variables);
        let redirect_uris = self.redirect_uris(named, all);
        let base_url = self.base_url(variables, preset);
        let issuer = self.issuer(variables, preset, base_url.as_deref());
        let known = |url: Option<&str>| at_base(url?, base_url.as_deref());
        let authorize_url = self.needed_address(&name("AUTHORIZE_URL"), preset, known(preset.authorize_url));
        let token_url = self.needed_address(&name("TOKEN_URL"), preset, known(preset.token_url));
        let profile_url = known(preset.profile_url).map(|url| url.replace(CLIENT_ID, &client_id));
        let profile_url = self.address(&name("PROFILE_URL"), profile_url);
        let api_url = self.base_address(&name("API_URL"), known(preset.api_url));
        let revoke_url = self.address(&name("REVOKE_URL"), known(preset.revoke_url));
        let logout_url = self.address(&name("LOGOUT_URL"), known(preset.logout_url));
        let profile = self.profile(variables, preset, &client_id);
        let api_paths = self.api_paths(&name("API_PATHS"), preset);
        let endpoint = profile_url.clone().or_else(|| known(preset.function_profile_url));
        let endpoint = endpoint.map(|url| ProfileEndpoint { url, config: profile.clone() });
        // Without an address there is no profile to read.
        let profile = profile_url.as_ref().map(|_| profile).unwrap_or_default();
        let auth = self.client_auth(&name("CLIENT_AUTH"), preset);
        let pkce = self.pkce(&name("PKCE"), preset);
        let scope = self.scope(&name("SCOPE"), preset);
        let shown = self.name(&name("NAME")).or_else(|| preset.name.map(Into::into));

        let authorize_url = authorize_url?;
        let mut choose_account = preset.choose_account.map(String::from);
        let (authorize_url, scope) = match mode {
            SessionMode::Tab => (authorize_url, scope),
            SessionMode::Cookie | SessionMode::Proxy => {
                let ask = preset.ask_to_renew;
                choose_account = choose_account.map(|parameter| ask.choose_account(&parameter));
                (ask.authorize_url(authorize_url), ask.scope(scope))
            }
        };
        let app = ProviderConfig {
            id: id.clone(),
            name: shown.unwrap_or_else(|| address::host(&authorize_url)),
            client_id: client_id.clone(),
            authorize_url,
            redirect_uris,
            profile_url,
            profile,
            api_url,
            logout_url,
            pkce,
            choose_account,
            scope,
            issuer,
        };
        let client = Unread { id: client_id, secret: secret?, auth };
        let variables = variables.clone();
        let profile = endpoint;
        Some(Provider { app, preset, token_url: token_url?, revoke_url, profile, api_paths, client, variables })
    }

    /// Reads the client secret's source from exactly one of two variables; `None` after a fault.
    fn secret(&mut self, preset: &Preset, variables: &Variables) -> Option<SecretSource> {
        let here = variables.name("CLIENT_SECRET");
        let stored = variables.name("CLIENT_SECRET_ARN");
        match (self.is_set(&here), self.is_set(&stored)) {
            (true, false) => {
                let secret = self.optional(&here)?;
                self.check_credential(&here, &secret, preset);
                Some(SecretSource::Known(ClientSecret::new(secret)))
            }
            (false, true) => self.stored_secret(&stored).map(SecretSource::Stored),
            (true, true) => {
                self.fault(&here, format!("is set together with {stored}; set exactly one of the two"));
                None
            }
            (false, false) => {
                self.missing(&here, format!("is not set, and neither is {stored}; set exactly one of the two"));
                None
            }
        }
    }

    fn client_id(&mut self, variable: &str, preset: &Preset) -> String {
        let id = self.required(variable).unwrap_or_default();
        self.check_credential(variable, &id, preset);
        id
    }

    fn check_credential(&mut self, variable: &str, value: &str, preset: &Preset) {
        if value.is_empty() {
            return; // The fault is already recorded.
        }
        if let Some(problem) = preset.provider.credential_fault(value) {
            self.fault(variable, problem);
        }
    }

    /// A required address. If only the base URL is missing, that is already recorded.
    fn needed_address(&mut self, variable: &str, preset: &Preset, default: Option<String>) -> Option<String> {
        let address = self.address(variable, default);
        if address.is_none() && preset.base_url == BaseUrl::None {
            self.missing(variable, "is not set and has no default");
        }
        address
    }
}

/// Single settings of a provider.
impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    fn client_auth(&mut self, variable: &str, preset: &Preset) -> Option<ClientAuth> {
        self.choice(variable, preset.client_auth, ClientAuth::as_str)
    }

    fn pkce(&mut self, variable: &str, preset: &Preset) -> Option<pkce::Method> {
        self.choice(variable, preset.pkce, |method| method.map_or("none", pkce::Method::as_str)).flatten()
    }

    /// The option that is set; the default is the first.
    fn choice<T: Copy>(&mut self, variable: &str, ways: &[T], name: fn(T) -> &'static str) -> Option<T> {
        let default = ways.first().copied();
        let Some(value) = self.optional(variable) else { return default };
        if let Some(way) = ways.iter().find(|way| name(**way) == value) {
            return Some(*way);
        }
        match ways.iter().map(|way| name(*way)).collect::<Vec<_>>()[..] {
            [] => self.fault(variable, "cannot be set for this provider, which has its own method"),
            [one] => self.fault(variable, format!("can only be {one} for this provider")),
            ref names => self.fault(variable, format!("must be one of: {}", names.join(", "))),
        }
        default
    }

    fn scope(&mut self, variable: &str, preset: &Preset) -> Option<String> {
        let Some(scope) = self.optional(variable) else {
            return match preset.scope {
                Scope::Default(scope) => Some(scope.into()),
                Scope::Unknown | Scope::Optional => None,
            };
        };
        if preset.scope == Scope::Unknown {
            self.fault(variable, "cannot be set for this provider, which has no scopes");
        } else if !scope.split(' ').all(is_scope_token) {
            self.fault(
                variable,
                "must be scopes of visible ASCII, without quotes and backslashes, separated by single spaces",
            );
        }
        Some(scope)
    }

    /// The address that this provider's other addresses start with, without its trailing `/`.
    fn base_url(&mut self, variables: &Variables, preset: &Preset) -> Option<String> {
        let variable = variables.name("BASE_URL");
        let has_addresses = self.is_set(&variables.name("AUTHORIZE_URL")) && self.is_set(&variables.name("TOKEN_URL"));
        match preset.base_url {
            BaseUrl::None if self.is_set(&variable) => {
                self.fault(&variable, "cannot be set for this provider, whose addresses have their own variables");
                None
            }
            BaseUrl::None => None,
            BaseUrl::Default(url) => self.base_address(&variable, Some(url.into())),
            BaseUrl::Required(example) => {
                if !self.is_set(&variable) && !has_addresses {
                    self.missing(
                        &variable,
                        format!("is not set; it is what the provider's addresses start with, such as {example}"),
                    );
                }
                self.base_address(&variable, None)
            }
        }
    }

    /// The issuer, exactly as written: the `iss` of an authorization response is compared with it character for
    /// character. The preset's default applies only with the preset's own authorization endpoint; another one means
    /// another server.
    fn issuer(&mut self, variables: &Variables, preset: &Preset, base_url: Option<&str>) -> Option<String> {
        let variable = variables.name("ISSUER");
        match (self.optional(&variable), preset.issuer) {
            (None, Issuer::Default(issuer)) if !self.is_set(&variables.name("AUTHORIZE_URL")) => {
                at_base(issuer, base_url)
            }
            (None, _) => None,
            // For a server that no longer sends the `iss` that the preset expects.
            (Some(none), Issuer::Default(_)) if none == "none" => None,
            (Some(issuer), Issuer::Never) => {
                self.fault(&variable, "cannot be set for this provider, which sends no iss");
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
    fn name(&mut self, variable: &str) -> Option<String> {
        let name = self.optional(variable)?;
        if name.chars().any(char::is_control) || name.trim() != name || name.chars().count() > MAX_NAME {
            self.fault(
                variable,
                "must have at most 100 characters, no control characters, and no spaces at its start or end",
            );
        }
        Some(name)
    }

    /// How to read the provider's profile, with the configured members.
    fn profile(&mut self, variables: &Variables, preset: &Preset, client_id: &str) -> ProfileConfig {
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

    /// A JSON Pointer (RFC 6901) to a member of the profile.
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

impl Provider<Unread> {
    /// Reads the client secret from its source.
    ///
    /// # Errors
    /// If it cannot be read or is invalid: the variable, and what to do.
    pub(super) async fn read_secret(
        self,
        client: &Client,
        within: Duration,
    ) -> Result<Provider, (String, &'static str)> {
        let Self { app, preset, token_url, revoke_url, profile, api_paths, client: unread, variables } = self;
        let Unread { id, secret, auth } = unread;
        let secret = match secret {
            SecretSource::Known(secret) => Ok(secret),
            SecretSource::Stored(stored) => stored.read(client, within).await.and_then(|secret| {
                let value = secret.expose();
                if value.trim_start().starts_with('{') && value.trim_end().ends_with('}') {
                    return Err(SECRET_IS_AN_OBJECT);
                }
                if value.is_empty() || preset.provider.credential_fault(value).is_some() {
                    return Err(SECRET_IS_WRONG);
                }
                Ok(secret)
            }),
        };
        let secret = secret.map_err(|problem| (variables.name("CLIENT_SECRET_ARN"), problem))?;
        let client = ClientCredentials { id, secret, auth };
        Ok(Provider { app, preset, token_url, revoke_url, profile, api_paths, client, variables })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_contain_the_providers_id_if_there_are_several() {
        assert_eq!(Variables::plain().name("CLIENT_ID"), "OAUTH_CLIENT_ID");
        assert_eq!(Variables::of("github").name("CLIENT_ID"), "OAUTH_GITHUB_CLIENT_ID");
        assert_eq!(Variables::plain().redirect_uris(), "OAUTH_REDIRECT_URIS");
        let either = "OAUTH_GITHUB_REDIRECT_URIS, or OAUTH_REDIRECT_URIS if that is not set,";
        assert_eq!(Variables::of("github").redirect_uris(), either);
    }
}
