//! The environment, read once: either a whole [`Config`] or every fault at once.

use std::ffi::OsString;
use std::fmt;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use shared::config::{AppConfig, ProviderConfig};
use shared::provider::{self, ClientCredentials, TokenEndpoint};
use shared::secret::ClientSecret;

use crate::address;

/// How long an exchange may take unless configured otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_millis(5000);

/// Everything the function needs to know, checked.
pub struct Config {
    /// What the app is told.
    pub app: AppConfig,
    /// How the provider is spoken to.
    pub endpoint: &'static dyn TokenEndpoint,
    /// Where codes are exchanged.
    pub token_url: String,
    /// Who we are at the provider.
    pub client: ClientCredentials,
    /// Trusted roots beyond the public ones.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// The longest that a whole exchange may take.
    pub timeout: Duration,
}

impl Config {
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

        if !env.faults.is_empty() {
            return Err(ConfigError { faults: env.faults });
        }
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
            client: ClientCredentials { id: client_id, secret: ClientSecret::new(secret) },
            extra_roots,
            timeout,
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

    fn secret(&mut self, endpoint: &dyn TokenEndpoint) -> String {
        match (self.is_set("OAUTH_CLIENT_SECRET"), self.is_set("OAUTH_CLIENT_SECRET_ARN")) {
            (true, false) => {
                let secret = self.optional("OAUTH_CLIENT_SECRET").unwrap_or_default();
                self.check_credential("OAUTH_CLIENT_SECRET", &secret, endpoint);
                secret
            }
            (true, true) => {
                self.fault("OAUTH_CLIENT_SECRET", "is set beside OAUTH_CLIENT_SECRET_ARN; set exactly one of the two");
                String::new()
            }
            (false, true) => {
                self.fault(
                    "OAUTH_CLIENT_SECRET_ARN",
                    "cannot be read by this version; set OAUTH_CLIENT_SECRET instead",
                );
                String::new()
            }
            (false, false) => {
                self.fault(
                    "OAUTH_CLIENT_SECRET",
                    "is not set, nor is OAUTH_CLIENT_SECRET_ARN; set exactly one of the two",
                );
                String::new()
            }
        }
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
