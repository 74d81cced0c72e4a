//! The configuration, read once from the environment: either a valid [`Config`] or all faults in one error.

use std::error::Error;
use std::ffi::OsString;
use std::time::{Duration, Instant};

use reqwest::Client;
use rustls::pki_types::CertificateDer;
use shared::api_path::ApiPaths;
use shared::config::{AppConfig, ProviderConfig};
use shared::provider::{ClientAuth, ClientCredentials, Preset, ProfileConfig};

use self::env::Env;
use self::provider::SecretSource;
use crate::client;

mod env;
mod function;
mod provider;

pub use env::ConfigError;
pub use function::{CookieSettings, SessionSettings};
pub use provider::Variables;

/// The validated configuration. `Who` is [`Unread`] until the client secrets have been read.
pub struct Config<Who = ClientCredentials> {
    /// The providers that people can log in with, in the order in which the app shows them. There is at least one.
    pub providers: Vec<Provider<Who>>,
    /// Trusted root certificates in addition to the public ones.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// The timeout for a whole exchange.
    pub timeout: Duration,
    /// Where sessions are kept.
    pub session: SessionSettings,
}

/// One provider, and our client there.
pub struct Provider<Who = ClientCredentials> {
    /// The part that the app gets.
    pub app: ProviderConfig,
    /// The preset it is based on.
    pub preset: &'static Preset,
    /// The token endpoint.
    pub token_url: String,
    /// The revocation endpoint (RFC 7009).
    pub revoke_url: Option<String>,
    /// The endpoint that the function reads the profile from.
    pub profile: Option<ProfileEndpoint>,
    /// The paths of its API that pages can reach in `proxy` mode.
    pub api_paths: ApiPaths,
    /// Our client.
    pub client: Who,
    /// The names of its variables.
    pub variables: Variables,
}

/// The endpoint that a provider's profile is read from.
pub struct ProfileEndpoint {
    /// The address.
    pub url: String,
    /// How to request the profile, and where its members are in the response.
    pub config: ProfileConfig,
}

/// Our client at a provider while its secret may not have been read yet.
pub struct Unread {
    id: String,
    secret: SecretSource,
    auth: Option<ClientAuth>,
}

/// Reads the whole configuration, including secrets that are kept elsewhere, and builds the client that reads them.
///
/// # Errors
/// As [`Config::from_env`]. If a secret cannot be read, the message says what to do.
pub async fn load(
    variable: impl Fn(&str) -> Option<OsString>,
    within: Duration,
) -> Result<(Config, Client), Box<dyn Error + Send + Sync>> {
    let started = Instant::now();
    let mut env = Env::new(variable);
    let client = client::build(&env.extra_roots())?;
    env.read_document(&client, within).await;
    let config = Config::read(env)?.read_secrets(&client, within.saturating_sub(started.elapsed())).await?;
    Ok((config, client))
}

impl Config<Unread> {
    /// Reads the configuration through `variable`, which returns the value of an environment variable. An empty
    /// variable counts as not set. One that the secret of `OAUTH_SECRETS_ARN` may contain is not reported as missing.
    ///
    /// # Errors
    /// If a variable is missing or invalid. The error names every such variable and what it should be, but never its
    /// value.
    pub fn from_env(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        Self::read(Env::new(variable))
    }

    fn read(mut env: Env<impl Fn(&str) -> Option<OsString>>) -> Result<Self, ConfigError> {
        env.secrets_version();
        let mode = env.session_mode();
        let named = env.providers();
        let providers: Vec<_> = named.iter().filter_map(|one| env.provider(one, &named, mode)).collect();
        if providers.len() == named.len() {
            env.check_mix_up(&providers);
        }
        let extra_roots = env.extra_roots();
        let timeout = env.timeout();
        let session = env.session(mode, &providers);
        env.finish()?;
        Ok(Self { providers, extra_roots, timeout, session })
    }

    /// Reads the secrets that are kept elsewhere, before there is a request that would have to wait for them. They are
    /// read one after the other over one connection; `within` is the limit for all of them together.
    ///
    /// # Errors
    /// If a secret cannot be read. As in [`from_env`](Self::from_env), the error names the variables and says what to
    /// do.
    pub async fn read_secrets(mut self, client: &Client, within: Duration) -> Result<Config, ConfigError> {
        let started = Instant::now();
        let mut providers = Vec::new();
        let mut faults = ConfigError::default();
        for provider in std::mem::take(&mut self.providers) {
            match provider.read_secret(client, within.saturating_sub(started.elapsed())).await {
                Ok(provider) => providers.push(provider),
                Err((variable, problem)) => faults.note(&variable, problem),
            }
        }
        let Self { extra_roots, timeout, session, .. } = self;
        faults.or(Config { providers, extra_roots, timeout, session })
    }
}

impl Config {
    /// The part that the app gets.
    pub fn app(&self) -> AppConfig {
        let providers = self.providers.iter().map(|provider| provider.app.clone()).collect();
        AppConfig { session: self.session.mode, ..AppConfig::new(providers) }
    }

    /// The provider with this id.
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.app.id == id)
    }
}
