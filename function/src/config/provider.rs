//! The variables of one provider.

use std::ffi::OsString;
use std::time::Duration;

use reqwest::Client;
use shared::config::ProviderConfig;
use shared::provider::{ClientCredentials, TokenEndpoint};

use super::env::Env;
use super::secret::SecretSource;
use super::{Provider, Unread, Variables};
use crate::address;

impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    /// All that one provider needs; `None` after a fault that leaves nothing usable.
    pub(super) fn provider(
        &mut self,
        endpoint: &'static dyn TokenEndpoint,
        variables: Variables,
    ) -> Option<Provider<Unread>> {
        let preset = endpoint.preset();
        let name = |end| variables.name(end);

        let client_id = self.client_id(&name("CLIENT_ID"), endpoint);
        let secret = self.secret(endpoint, variables);
        let redirect_uris = self.redirect_uris(variables);
        let authorize_url = self.needed_address(&name("AUTHORIZE_URL"), preset.authorize_url);
        let token_url = self.needed_address(&name("TOKEN_URL"), preset.token_url);
        let profile_url = self.address(&name("PROFILE_URL"), preset.profile_url);
        let auth = self.client_auth(&name("CLIENT_AUTH"), &preset);
        let pkce = self.pkce(&name("PKCE"), &preset);
        let scope = self.scope(&name("SCOPE"), &preset);
        let issuer = self.issuer(&name("ISSUER"), &preset);

        let authorize_url = authorize_url?;
        let app = ProviderConfig {
            id: endpoint.id().into(),
            name: preset.name.map_or_else(|| address::host(&authorize_url), Into::into),
            client_id: client_id.clone(),
            authorize_url,
            redirect_uris,
            profile_url,
            pkce,
            scope,
            issuer,
        };
        let client = Unread { id: client_id, secret: secret?, auth };
        Some(Provider { app, endpoint, token_url: token_url?, client, variables })
    }

    fn client_id(&mut self, variable: &str, endpoint: &dyn TokenEndpoint) -> String {
        let id = self.required(variable).unwrap_or_default();
        self.check_credential(variable, &id, endpoint);
        id
    }

    pub(super) fn check_credential(&mut self, variable: &str, value: &str, endpoint: &dyn TokenEndpoint) {
        if value.is_empty() {
            return; // Noted already.
        }
        if let Some(problem) = endpoint.credential_fault(value) {
            self.fault(variable, problem);
        }
    }

    /// The provider's own, or those of all: most apps come back to the same page from everywhere.
    fn redirect_uris(&mut self, variables: Variables) -> Vec<String> {
        const END: &str = "REDIRECT_URIS";
        let own = variables.name(END);
        let variable = if self.is_set(&own) { own } else { Variables::plain().name(END) };
        let list = self.required(&variable).unwrap_or_default();
        let uris: Vec<String> = list.split(',').map(|uri| uri.trim().to_owned()).collect();
        if list.is_empty() {
            return uris; // Noted already.
        }
        if let Some(problem) = uris.iter().find_map(|uri| address::parse_redirect(uri).err()) {
            self.fault(&variable, problem);
        }
        uris
    }

    fn needed_address(&mut self, variable: &str, default: Option<&str>) -> Option<String> {
        let address = self.address(variable, default);
        if address.is_none() {
            self.fault(variable, "is not set, and nobody but you knows that address of this provider");
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
        let Self { app, endpoint, token_url, client: Unread { id, secret, auth }, variables } = self;
        let secret = match secret {
            SecretSource::Known(secret) => Ok(secret),
            SecretSource::Stored(stored) => stored.read(client, within).await.and_then(|secret| {
                let value = secret.expose();
                if value.is_empty() || endpoint.credential_fault(value).is_some() {
                    return Err("names a secret that is no client secret of the provider's; it must be that alone");
                }
                Ok(secret)
            }),
        };
        let secret = secret.map_err(|problem| (variables.name("CLIENT_SECRET_ARN"), problem))?;
        Ok(Provider { app, endpoint, token_url, client: ClientCredentials { id, secret, auth }, variables })
    }
}
