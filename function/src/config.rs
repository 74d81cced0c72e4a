//! The environment, read once: either a whole [`Config`] or every fault at once.

use std::ffi::OsString;
use std::fmt;
use std::time::Duration;

use reqwest::Client;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use shared::config::{AppConfig, ProviderConfig};
use shared::provider::{self, ClientCredentials, TokenEndpoint};

use self::secret::SecretSource;
use crate::address;

mod secret;

/// How long an exchange may take unless configured otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_millis(5000);

/// Everything the function needs to know, checked. `Who` is [`Unread`] until the client secret has been read.
pub struct Config<Who = ClientCredentials> {
    /// What the app is told.
    pub app: AppConfig,
    /// How the provider is spoken to.
    pub endpoint: &'static dyn TokenEndpoint,
    /// Where codes are exchanged.
    pub token_url: String,
    /// Who we are at the provider.
    pub client: Who,
    /// Trusted roots beyond the public ones.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// The longest that a whole exchange may take.
    pub timeout: Duration,
}

/// Who we are at the provider, as long as the secret may still be elsewhere.
pub struct Unread {
    id: String,
    secret: SecretSource,
}

impl Config<Unread> {
    /// Reads the configuration through `variable`, which gives the value of an environment variable. A variable that
    /// is set to nothing counts as not set.
    ///
    /// # Errors
    /// Names every variable that is missing or wrong, and says what it should be; never what it is.
    pub fn from_env(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let mut env = Env { variable, faults: Vec::new() };

        let endpoint = env.endpoint();
        let client_id = env.client_id(endpoint);
        let secret = env.secret(endpoint);
        let redirect_uris = env.redirect_uris();
        let authorize_url = env.address("OAUTH_AUTHORIZE_URL", endpoint.authorize_url());
        let token_url = env.address("OAUTH_TOKEN_URL", endpoint.token_url());
        let profile_url = env.address("OAUTH_PROFILE_URL", endpoint.profile_url());
        let extra_roots = env.extra_roots();
        let timeout = env.timeout();

        let (Some(secret), true) = (secret, env.faults.is_empty()) else {
            return Err(ConfigError { faults: env.faults });
        };
        let provider = ProviderConfig {
            id: endpoint.id().into(),
            name: endpoint.name().into(),
            client_id: client_id.clone(),
            authorize_url,
            redirect_uris,
            profile_url,
        };
        Ok(Self {
            app: AppConfig { providers: vec![provider] },
            endpoint,
            token_url,
            client: Unread { id: client_id, secret },
            extra_roots,
            timeout,
        })
    }

    /// Reads the secret from where it is, before there is any request that would have to wait for it.
    ///
    /// # Errors
    /// Names the variable and says what to do, as [`from_env`](Self::from_env) does.
    pub async fn read_secret(self, client: &Client, within: Duration) -> Result<Config, ConfigError> {
        let secret = match self.client.secret {
            SecretSource::Known(secret) => Ok(secret),
            SecretSource::Stored(stored) => stored.read(client, within).await.and_then(|secret| {
                let value = secret.expose();
                if value.is_empty() || self.endpoint.credential_fault(value).is_some() {
                    return Err("names a secret that is no client secret of the provider's; it must be that alone");
                }
                Ok(secret)
            }),
        };
        let secret = secret.map_err(|problem| ConfigError::of("OAUTH_CLIENT_SECRET_ARN", problem))?;
        Ok(Config {
            app: self.app,
            endpoint: self.endpoint,
            token_url: self.token_url,
            client: ClientCredentials { id: self.client.id, secret },
            extra_roots: self.extra_roots,
            timeout: self.timeout,
        })
    }
}

/// The environment while it is read, and what was wrong with it so far. Each reader answers with something usable
/// after it has noted a fault, so that the next variables are looked at too.
struct Env<V> {
    variable: V,
    faults: Vec<Fault>,
}

impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    fn fault(&mut self, variable: &'static str, problem: &'static str) {
        self.faults.push(Fault { variable, problem });
    }

    fn optional(&mut self, variable: &'static str) -> Option<String> {
        let value = (self.variable)(variable).filter(|value| !value.is_empty())?;
        value.into_string().map_err(|_| self.fault(variable, "is not UTF-8")).ok()
    }

    fn is_set(&self, variable: &str) -> bool {
        (self.variable)(variable).is_some_and(|value| !value.is_empty())
    }

    fn required(&mut self, variable: &'static str) -> Option<String> {
        if !self.is_set(variable) {
            self.fault(variable, "is not set");
        }
        self.optional(variable)
    }

    fn endpoint(&mut self) -> &'static dyn TokenEndpoint {
        let default = provider::token_endpoint(provider::DEFAULT).expect("the default provider is one of ours");
        let Some(name) = self.optional("OAUTH_PROVIDER") else { return default };
        provider::token_endpoint(&name).unwrap_or_else(|| {
            self.fault("OAUTH_PROVIDER", "is not the name of a provider; known is: aniapi");
            default
        })
    }

    fn client_id(&mut self, endpoint: &dyn TokenEndpoint) -> String {
        let id = self.required("OAUTH_CLIENT_ID").unwrap_or_default();
        self.check_credential("OAUTH_CLIENT_ID", &id, endpoint);
        id
    }

    fn check_credential(&mut self, variable: &'static str, value: &str, endpoint: &dyn TokenEndpoint) {
        if value.is_empty() {
            return; // Noted already.
        }
        if let Some(problem) = endpoint.credential_fault(value) {
            self.fault(variable, problem);
        }
    }

    fn redirect_uris(&mut self) -> Vec<String> {
        const NAME: &str = "OAUTH_REDIRECT_URIS";
        let list = self.required(NAME).unwrap_or_default();
        let uris: Vec<String> = list.split(',').map(|uri| uri.trim().to_owned()).collect();
        if list.is_empty() {
            return uris; // Noted already.
        }
        if let Some(problem) = uris.iter().find_map(|uri| address::parse_redirect(uri).err()) {
            self.fault(NAME, problem);
        }
        uris
    }

    fn address(&mut self, variable: &'static str, default: &str) -> String {
        let Some(address) = self.optional(variable) else { return default.into() };
        if let Err(problem) = address::parse(&address) {
            self.fault(variable, problem);
        }
        address
    }

    fn extra_roots(&mut self) -> Vec<CertificateDer<'static>> {
        const NAME: &str = "OAUTH_CA_FILE";
        let Some(path) = self.optional(NAME) else { return Vec::new() };
        let roots: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
        match roots {
            Ok(roots) if roots.is_empty() => self.fault(NAME, "names a file without a certificate in it"),
            Ok(roots) if roots.iter().any(|root| rustls::RootCertStore::empty().add(root.clone()).is_err()) => {
                self.fault(NAME, "names a file with a certificate that cannot be a root");
            }
            Ok(roots) => return roots,
            Err(_) => self.fault(NAME, "must name a readable PEM file of certificates"),
        }
        Vec::new()
    }

    fn timeout(&mut self) -> Duration {
        const NAME: &str = "OAUTH_TIMEOUT_MS";
        let Some(value) = self.optional(NAME) else { return DEFAULT_TIMEOUT };
        match value.parse() {
            // Lambda itself ends every invocation after 15 minutes.
            Ok(ms @ 1..=900_000) => Duration::from_millis(ms),
            _ => {
                self.fault(NAME, "must be a whole number of milliseconds from 1 to 900000");
                DEFAULT_TIMEOUT
            }
        }
    }
}

/// Everything that is wrong with the environment, as one message.
#[derive(Debug)]
pub struct ConfigError {
    faults: Vec<Fault>,
}

impl ConfigError {
    fn of(variable: &'static str, problem: &'static str) -> Self {
        Self { faults: vec![Fault { variable, problem }] }
    }
}

#[derive(Debug)]
struct Fault {
    variable: &'static str,
    problem: &'static str,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the function cannot start, its environment is not right:")?;
        for Fault { variable, problem } in &self.faults {
            write!(f, "\n  {variable} {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
