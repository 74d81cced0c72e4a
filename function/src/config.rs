//! The environment, read once: either a whole [`Config`] or every fault at once.

use std::error::Error;
use std::ffi::OsString;
use std::time::{Duration, Instant};

use reqwest::Client;
use rustls::pki_types::CertificateDer;
use shared::config::{AppConfig, ProviderConfig};
use shared::provider::{ClientAuth, ClientCredentials, Preset};

use self::env::Env;
use self::secret::SecretSource;
use crate::client;

mod document;
mod env;
mod error;
mod function;
mod mix_up;
mod provider;
mod secret;
mod settings;
mod variables;

pub use error::ConfigError;
pub use variables::Variables;

/// Everything the function needs to know, checked. `Who` is [`Unread`] until the client secrets have been read.
pub struct Config<Who = ClientCredentials> {
    /// The providers one can log in with, in the order to show them. There is at least one.
    pub providers: Vec<Provider<Who>>,
    /// Trusted roots beyond the public ones.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// The longest that a whole exchange may take.
    pub timeout: Duration,
}

/// One provider, and who we are there.
pub struct Provider<Who = ClientCredentials> {
    /// What the app is told.
    pub app: ProviderConfig,
    /// What is known about it.
    pub preset: &'static Preset,
    /// The token endpoint.
    pub token_url: String,
    /// The revocation endpoint (RFC 7009).
    pub revoke_url: Option<String>,
    /// Who we are.
    pub client: Who,
    /// What its variables are called.
    pub variables: Variables,
}

/// Who we are at a provider, as long as the secret may still be elsewhere.
pub struct Unread {
    id: String,
    secret: SecretSource,
    auth: Option<ClientAuth>,
}

/// Reads the whole configuration, with the secrets that are elsewhere, and makes the client that reads them.
///
/// # Errors
/// As [`Config::from_env`]; and if a secret cannot be read, what to do.
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
    /// Reads the configuration through `variable`, which gives the value of an environment variable. A variable that
    /// is set to nothing counts as not set. One that the secret of `OAUTH_SECRETS_ARN` may hold is not reported as missing.
    ///
    /// # Errors
    /// Names every variable that is missing or wrong, and says what it should be; never what it is.
    pub fn from_env(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        Self::read(Env::new(variable))
    }

    fn read(mut env: Env<impl Fn(&str) -> Option<OsString>>) -> Result<Self, ConfigError> {
        let named = env.providers();
        let providers: Vec<_> = named.iter().filter_map(|one| env.provider(one, &named)).collect();
        if providers.len() == named.len() {
            env.check_mix_up(&providers);
        }
        let extra_roots = env.extra_roots();
        let timeout = env.timeout();
        env.finish()?;
        Ok(Self { providers, extra_roots, timeout })
    }

    /// Reads the secrets from where they are, before there is any request that would have to wait for them. They come
    /// one after the other over one connection, and `within` is for all of them.
    ///
    /// # Errors
    /// Names the variables and says what to do, as [`from_env`](Self::from_env) does.
    pub async fn read_secrets(self, client: &Client, within: Duration) -> Result<Config, ConfigError> {
        let started = Instant::now();
        let mut providers = Vec::new();
        let mut faults = ConfigError::default();
        for provider in self.providers {
            match provider.read_secret(client, within.saturating_sub(started.elapsed())).await {
                Ok(provider) => providers.push(provider),
                Err((variable, problem)) => faults.note(&variable, problem),
            }
        }
        faults.or(Config { providers, extra_roots: self.extra_roots, timeout: self.timeout })
    }
}

impl Config {
    /// What the app is told.
    pub fn app(&self) -> AppConfig {
        AppConfig::new(self.providers.iter().map(|provider| provider.app.clone()).collect())
    }

    /// The provider of that id.
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.app.id == id)
    }
}
