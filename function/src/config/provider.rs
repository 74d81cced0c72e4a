//! The variables of one provider.

use std::ffi::OsString;
use std::time::Duration;

use reqwest::Client;
use shared::config::ProviderConfig;
use shared::provider::{self, BaseUrl, ClientCredentials, Preset, at_base};

use super::env::Env;
use super::function::Named;
use super::secret::SecretSource;
use super::{Provider, Unread};
use crate::address;

const SECRET_IS_AN_OBJECT: &str = "names a secret that is a JSON object; it must be the client secret and nothing else, \
    or be named by OAUTH_SECRETS_ARN, which takes an object from variables to values";

const SECRET_IS_WRONG: &str =
    "names a secret that is not a client secret of the provider's; it must be that and nothing else";

impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    /// All that one provider needs; `None` after a fault that leaves nothing usable.
    pub(super) fn provider(&mut self, named: &Named, all: &[Named]) -> Option<Provider<Unread>> {
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
        let profile_url = known(preset.profile_url).map(|url| url.replace(provider::CLIENT_ID, &client_id));
        let profile_url = self.address(&name("PROFILE_URL"), profile_url);
        let api_url = self.base_address(&name("API_URL"), known(preset.api_url));
        let revoke_url = self.address(&name("REVOKE_URL"), known(preset.revoke_url));
        let logout_url = self.address(&name("LOGOUT_URL"), known(preset.logout_url));
        let profile = self.profile(variables, preset, &client_id);
        // Without an address there is nothing to read.
        let profile = profile_url.as_ref().map(|_| profile).unwrap_or_default();
        let auth = self.client_auth(&name("CLIENT_AUTH"), preset);
        let pkce = self.pkce(&name("PKCE"), preset);
        let scope = self.scope(&name("SCOPE"), preset);
        let shown = self.name(&name("NAME")).or_else(|| preset.name.map(Into::into));

        let authorize_url = authorize_url?;
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
            scope,
            issuer,
        };
        let client = Unread { id: client_id, secret: secret?, auth };
        let variables = variables.clone();
        Some(Provider { app, preset, token_url: token_url?, revoke_url, client, variables })
    }

    fn client_id(&mut self, variable: &str, preset: &Preset) -> String {
        let id = self.required(variable).unwrap_or_default();
        self.check_credential(variable, &id, preset);
        id
    }

    pub(super) fn check_credential(&mut self, variable: &str, value: &str, preset: &Preset) {
        if value.is_empty() {
            return; // Noted already.
        }
        if let Some(problem) = preset.token_endpoint.credential_fault(value) {
            self.fault(variable, problem);
        }
    }

    /// One without which nothing works. If it only waits for the base URL, that is noted.
    fn needed_address(&mut self, variable: &str, preset: &Preset, default: Option<String>) -> Option<String> {
        let address = self.address(variable, default);
        if address.is_none() && preset.base_url == BaseUrl::None {
            self.missing(variable, "is not set and has no default");
        }
        address
    }
}

impl Provider<Unread> {
    /// Reads the secret from where it is.
    ///
    /// # Errors
    /// The variable, and what to do.
    pub(super) async fn read_secret(
        self,
        client: &Client,
        within: Duration,
    ) -> Result<Provider, (String, &'static str)> {
        let Self { app, preset, token_url, revoke_url, client: Unread { id, secret, auth }, variables } = self;
        let secret = match secret {
            SecretSource::Known(secret) => Ok(secret),
            SecretSource::Stored(stored) => stored.read(client, within).await.and_then(|secret| {
                let value = secret.expose();
                if value.trim_start().starts_with('{') && value.trim_end().ends_with('}') {
                    return Err(SECRET_IS_AN_OBJECT);
                }
                if value.is_empty() || preset.token_endpoint.credential_fault(value).is_some() {
                    return Err(SECRET_IS_WRONG);
                }
                Ok(secret)
            }),
        };
        let secret = secret.map_err(|problem| (variables.name("CLIENT_SECRET_ARN"), problem))?;
        let client = ClientCredentials { id, secret, auth };
        Ok(Provider { app, preset, token_url, revoke_url, client, variables })
    }
}
