//! A provider's defaults, and which of them can be configured.

use alloc::string::String;

use super::{ProfileConfig, Provider, Revocation, rfc6749};
use crate::pkce;

/// A provider's properties. If there are several options, the first is the default.
pub struct Preset {
    /// The name in `OAUTH_PROVIDER`.
    pub id: &'static str,
    /// The name to show. `None`: the host of the authorization endpoint.
    pub name: Option<&'static str>,
    /// The base URL, if there is more than one server of this kind.
    pub base_url: BaseUrl,
    /// The authorization endpoint (RFC 6749, 3.1). Here and below, [`BASE`] is a placeholder for the base URL. `None`:
    /// it must be configured.
    pub authorize_url: Option<&'static str>,
    /// The token endpoint (RFC 6749, 3.2). `None`: it must be configured.
    pub token_url: Option<&'static str>,
    /// The profile URL for the app; [`CLIENT_ID`](super::CLIENT_ID) is a placeholder for the client ID. `None`: it is
    /// unknown, or browsers may not request it (CORS).
    pub profile_url: Option<&'static str>,
    /// The profile URL for the function, if browsers may not request it.
    pub function_profile_url: Option<&'static str>,
    /// The base URL of the provider's API, without a trailing `/`. `None`: no API is known.
    pub api_url: Option<&'static str>,
    /// Path prefixes of the API, in whole segments, that a page cannot reach through the function: its OAuth endpoints.
    pub api_without: &'static [&'static str],
    /// The revocation endpoint (RFC 7009). `None`: there is none, or it also ends the person's other sessions.
    pub revoke_url: Option<&'static str>,
    /// How a token is revoked.
    pub revocation: Revocation,
    /// The provider's own logout page.
    pub logout_url: Option<&'static str>,
    /// The parameter, as `name=value`, with which the login page lets the person choose another account. `None`: there
    /// is none.
    pub choose_account: Option<&'static str>,
    /// Whether callbacks carry `iss`.
    pub issuer: Issuer,
    /// The supported ways of client authentication. Empty: the provider has its own.
    pub client_auth: &'static [ClientAuth],
    /// The supported PKCE methods; `None` means without PKCE.
    pub pkce: &'static [Option<pkce::Method>],
    /// The scopes to request.
    pub scope: Scope,
    /// How to request a refresh token, if the provider does not issue one by default. It is only requested if the
    /// session can store it.
    pub ask_to_renew: AskToRenew,
    /// How a code is exchanged.
    pub provider: &'static dyn Provider,
    /// How to request and read the profile.
    pub profile: fn() -> ProfileConfig,
    /// The origins of profile pictures, as source expressions of a Content-Security-Policy. Empty: any.
    pub picture_origins: &'static [&'static str],
}

/// The placeholder for the base URL, which has no trailing `/`.
pub const BASE: &str = "{base}";

impl Preset {
    /// The defaults of a server that follows RFC 6749 (and RFC 9700, 2.1.1: PKCE with S256).
    pub const OAUTH2: Self = Self {
        id: "oauth2",
        name: None,
        base_url: BaseUrl::None,
        authorize_url: None,
        token_url: None,
        profile_url: None,
        function_profile_url: None,
        api_url: None,
        api_without: &[],
        revoke_url: None,
        revocation: Revocation::Rfc7009,
        logout_url: None,
        choose_account: None,
        issuer: Issuer::Configurable,
        client_auth: &[ClientAuth::Basic, ClientAuth::Post],
        pkce: &[Some(pkce::Method::S256), Some(pkce::Method::Plain), None],
        scope: Scope::Optional,
        ask_to_renew: AskToRenew::NOT,
        provider: &rfc6749::Rfc6749::STANDARD,
        profile: ProfileConfig::openid,
        picture_origins: &[],
    };
}

/// A preset's URL with the placeholder replaced by the base URL. `None` if the base URL is not known.
pub fn at_base(address: &str, base_url: Option<&str>) -> Option<String> {
    match address.strip_prefix(BASE) {
        Some(rest) => Some([base_url?, rest].concat()),
        None => Some(address.into()),
    }
}

/// The base URL of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseUrl {
    /// There is only one server, with known URLs.
    None,
    /// There are several servers; this is the default.
    Default(&'static str),
    /// There is no default. This is an example.
    Required(&'static str),
}

impl BaseUrl {
    /// The default, if there is one.
    pub fn default(self) -> Option<&'static str> {
        match self {
            Self::Default(url) => Some(url),
            Self::None | Self::Required(_) => None,
        }
    }
}

/// Whether a provider's callbacks carry `iss` (RFC 9207).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Issuer {
    /// They never do.
    Never,
    /// They may. The issuer must be configured.
    Configurable,
    /// They do, with this issuer, which may begin with [`BASE`].
    Default(&'static str),
}

/// The scopes that a provider takes (RFC 6749, 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The provider has no scopes.
    Unknown,
    /// Any scopes. By default none are requested.
    Optional,
    /// Any scopes. These are the default.
    Default(&'static str),
}

/// What an authorization request must contain to obtain a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskToRenew {
    /// Parameters: name and value.
    pub parameters: &'static [(&'static str, &'static str)],
    /// A scope.
    pub scope: Option<&'static str>,
}

impl AskToRenew {
    /// Nothing: the provider issues one by default, or never.
    pub const NOT: Self = Self { parameters: &[], scope: None };

    /// Adds the parameters to the authorization endpoint, except those that it already has.
    pub fn authorize_url(self, mut url: String) -> String {
        for (name, value) in self.parameters {
            let query = url.split_once('?').map_or("", |(_, query)| query);
            if query.split('&').any(|pair| pair.split('=').next() == Some(name)) {
                continue;
            }
            url.push(if url.contains('?') { '&' } else { '?' });
            url.extend([name, "=", value]);
        }
        url
    }

    /// Adds the scope to the requested scopes.
    pub fn scope(self, scope: Option<String>) -> Option<String> {
        match (scope, self.scope) {
            (Some(scopes), Some(own)) if !scopes.split(' ').any(|scope| scope == own) => {
                Some([&scopes, " ", own].concat())
            }
            (None, Some(own)) => Some(own.into()),
            (scopes, _) => scopes,
        }
    }

    /// The parameter that lets the person choose an account. If a parameter with that name is already required, it gets
    /// both values (OpenID Connect Core 1.0, 3.1.2.1: `prompt` is a list).
    pub fn choose_account(self, parameter: &str) -> String {
        let name = parameter.split('=').next().unwrap_or_default();
        match self.parameters.iter().find(|(other, _)| *other == name) {
            Some((_, value)) => [parameter, " ", value].concat(),
            None => parameter.into(),
        }
    }
}

/// How the client authenticates at the token endpoint (RFC 6749, 2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientAuth {
    /// In the `Authorization` header: `client_secret_basic`.
    Basic,
    /// In the body: `client_secret_post`.
    Post,
}

impl ClientAuth {
    /// The name, as in `OAUTH_CLIENT_AUTH`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Post => "post",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOGLE: AskToRenew =
        AskToRenew { parameters: &[("access_type", "offline"), ("prompt", "consent")], scope: Some("offline_access") };

    #[test]
    fn parameters_are_added_once() {
        for (url, expected) in [
            ("https://p.example/a", "https://p.example/a?access_type=offline&prompt=consent"),
            ("https://p.example/a?x=1", "https://p.example/a?x=1&access_type=offline&prompt=consent"),
            ("https://p.example/a?prompt=none", "https://p.example/a?prompt=none&access_type=offline"),
        ] {
            assert_eq!(GOOGLE.authorize_url(url.into()), expected);
        }
        assert_eq!(AskToRenew::NOT.authorize_url("https://p.example/a".into()), "https://p.example/a");
    }

    #[test]
    fn scope_is_added_once() {
        for (scope, expected) in [
            (None, Some("offline_access")),
            (Some("openid"), Some("openid offline_access")),
            (Some("offline_access openid"), Some("offline_access openid")),
        ] {
            assert_eq!(GOOGLE.scope(scope.map(Into::into)).as_deref(), expected);
        }
        assert_eq!(AskToRenew::NOT.scope(None), None);
    }

    #[test]
    fn choice_of_an_account_keeps_the_required_value() {
        assert_eq!(GOOGLE.choose_account("prompt=select_account"), "prompt=select_account consent");
        assert_eq!(AskToRenew::NOT.choose_account("prompt=select_account"), "prompt=select_account");
    }
}
