//! The environment while it is being read, the secrets that it names, and the faults found so far. After a fault, each reader
//! still returns a usable value, so that the remaining variables are validated too.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::time::Duration;

use aws_credential_types::Credentials;
use reqwest::Client;
use shared::json;

use crate::address;
use crate::arn::SecretArn;
use crate::store::StoredSecret;

/// One secret in AWS Secrets Manager that contains variables, which keeps them out of the environment.
const SECRETS_ARN: &str = "OAUTH_SECRETS_ARN";

/// The version of the secret to read. Each published version of the function names one, so that code, configuration and
/// secrets change together, and are rolled back together.
const SECRETS_VERSION: &str = "OAUTH_SECRETS_VERSION";

/// Values by variable name. They are secret and never printed.
type Document = BTreeMap<String, String>;

pub(super) struct Env<V> {
    variable: V,
    faults: ConfigError,
    document: Document,
    /// Whether there is a document that has not been read yet or could not be read.
    lacks_document: bool,
}

impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    pub(super) fn new(variable: V) -> Self {
        let lacks_document = variable(SECRETS_ARN).is_some_and(|value| !value.is_empty());
        Self { variable, document: Document::new(), faults: ConfigError::default(), lacks_document }
    }

    /// All faults at once, if there are any.
    pub(super) fn finish(self) -> Result<(), ConfigError> {
        self.faults.or(())
    }

    pub(super) fn fault(&mut self, variable: &str, problem: impl Into<Cow<'static, str>>) {
        self.faults.note(variable, problem);
    }

    /// Treats the variables of a document as if they were in the environment. A variable in both is a fault.
    fn take_document(&mut self, document: Document) {
        self.lacks_document = false;
        for name in document.keys() {
            if self.value(name).is_some() {
                self.fault(name, format!("is set in the environment and in the secret of {SECRETS_ARN}; remove one"));
            }
        }
        self.document = document;
    }

    fn value(&self, variable: &str) -> Option<OsString> {
        let value = self.document.get(variable).map(OsString::from).or_else(|| (self.variable)(variable));
        value.filter(|value| !value.is_empty())
    }

    pub(super) fn is_set(&self, variable: &str) -> bool {
        self.value(variable).is_some()
    }

    pub(super) fn optional(&mut self, variable: &str) -> Option<String> {
        self.value(variable)?.into_string().map_err(|_| self.fault(variable, "is not UTF-8")).ok()
    }

    pub(super) fn required(&mut self, variable: &str) -> Option<String> {
        if !self.is_set(variable) {
            self.missing(variable, "is not set");
        }
        self.optional(variable)
    }

    /// Records that a required variable is not set. If the document that may contain it could not be read, only that is
    /// a fault.
    pub(super) fn missing(&mut self, variable: &str, problem: impl Into<Cow<'static, str>>) {
        if !self.lacks_document {
            self.fault(variable, problem);
        }
    }

    /// An address that a secret or a code may be sent to.
    pub(super) fn address(&mut self, variable: &str, default: Option<String>) -> Option<String> {
        let Some(address) = self.optional(variable) else { return default };
        if let Err(problem) = address::parse_exact(&address) {
            self.fault(variable, problem);
        }
        Some(address)
    }

    /// An address that other addresses start with, without its trailing `/`.
    pub(super) fn base_address(&mut self, variable: &str, default: Option<String>) -> Option<String> {
        let address = self.address(variable, default)?;
        if address.contains('?') {
            self.fault(variable, "must not have a query");
        }
        Some(address.strip_suffix('/').unwrap_or(&address).to_owned())
    }
}

/// Secrets in AWS Secrets Manager that variables name.
impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    /// Reads the document, if one is named, and records what is wrong with it.
    pub(super) async fn read_document(&mut self, client: &Client, within: Duration) {
        if !self.is_set(SECRETS_ARN) {
            return;
        }
        let version = self.secrets_version();
        let is_good = version.is_some() == self.is_set(SECRETS_VERSION);
        let Some(mut stored) = self.stored_secret(SECRETS_ARN).filter(|_| is_good) else { return };
        stored.version = version;
        match read_document(&stored, client, within).await {
            Ok(document) => self.take_document(document),
            Err(problem) => self.fault(SECRETS_ARN, problem),
        }
    }

    /// The `VersionId` of the document to read; without one, it is the version with the label `AWSCURRENT`.
    pub(super) fn secrets_version(&mut self) -> Option<String> {
        let version = self.optional(SECRETS_VERSION)?;
        if !self.is_set(SECRETS_ARN) {
            self.fault(SECRETS_VERSION, format!("is set, but {SECRETS_ARN}, which it is a version of, is not"));
            return None;
        }
        // It becomes a part of a request in JSON.
        let is_id = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if !(32..=64).contains(&version.len()) || !version.bytes().all(is_id) {
            self.fault(SECRETS_VERSION, "must be the VersionId of a secret: 32 to 64 letters, digits and hyphens");
            return None;
        }
        Some(version)
    }

    /// Reads everything that is needed to read the secret, so that every fault is reported.
    pub(super) fn stored_secret(&mut self, variable: &str) -> Option<StoredSecret> {
        let arn = self.optional(variable).and_then(|arn| match SecretArn::parse(&arn) {
            Ok(arn) => Some(arn),
            Err(problem) => {
                self.fault(variable, problem);
                None
            }
        });
        let id = self.required_key("AWS_ACCESS_KEY_ID", variable);
        let key = self.required_key("AWS_SECRET_ACCESS_KEY", variable);
        // Lambda sets it; long-term keys have no session token.
        let token = self.key("AWS_SESSION_TOKEN");
        let default = arn.as_ref().map_or("", |arn| arn.endpoint.as_str());
        // The first one that is set, as in AWS's own tools.
        let names = ["AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"];
        let endpoint = match names.into_iter().find(|name| self.is_set(name)) {
            Some(name) => {
                let endpoint = self.optional(name).unwrap_or_default();
                if let Err(problem) = address::parse(&endpoint) {
                    self.fault(name, problem);
                }
                endpoint
            }
            None => default.into(),
        };
        let credentials = Credentials::new(id?, key?, token, None, "environment");
        Some(StoredSecret { arn: arn?, version: None, credentials, endpoint })
    }

    fn required_key(&mut self, variable: &str, arn: &str) -> Option<String> {
        if !self.is_set(variable) {
            self.fault(variable, format!("is not set, but is required to read the secret of {arn}; Lambda sets it"));
        }
        self.key(variable)
    }

    /// A part of the credentials. It becomes part of a header.
    fn key(&mut self, variable: &str) -> Option<String> {
        let key = self.optional(variable)?;
        if !key.bytes().all(|b| b.is_ascii_graphic()) {
            self.fault(variable, "must be visible ASCII");
        }
        Some(key)
    }
}

async fn read_document(stored: &StoredSecret, client: &Client, within: Duration) -> Result<Document, &'static str> {
    let text = stored.read(client, within).await?;
    let document: Document = json::object(text.expose().as_bytes())
        .map_err(|_| "names a secret that is not a JSON object that maps names of variables to strings")?;
    // Other variables that the function reads, such as the address of a proxy, do not belong among secrets.
    if document
        .keys()
        .any(|name| !name.starts_with("OAUTH_") || [SECRETS_ARN, SECRETS_VERSION].contains(&name.as_str()))
    {
        return Err("names a secret with a member that is not a variable of this function");
    }
    Ok(document)
}

/// The faults of the environment: which variables are wrong and what each should be, but never its value.
#[derive(Debug, Default)]
pub struct ConfigError {
    faults: Vec<Fault>,
}

#[derive(Debug)]
struct Fault {
    variable: String,
    problem: Cow<'static, str>,
}

impl ConfigError {
    /// Records a fault. Only the first of each variable is reported: providers share some variables, and a later fault
    /// may only follow from the first.
    pub(super) fn note(&mut self, variable: &str, problem: impl Into<Cow<'static, str>>) {
        if !self.faults.iter().any(|fault| fault.variable == variable) {
            self.faults.push(Fault { variable: variable.into(), problem: problem.into() });
        }
    }

    /// Each faulty variable with its problem.
    pub fn faults(&self) -> impl Iterator<Item = (&str, &str)> {
        self.faults.iter().map(|fault| (&*fault.variable, &*fault.problem))
    }

    /// Returns `good` if there is no fault.
    pub(super) fn or<T>(self, good: T) -> Result<T, Self> {
        if self.faults.is_empty() { Ok(good) } else { Err(self) }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the function cannot start because its environment is invalid:")?;
        for Fault { variable, problem } in &self.faults {
            write!(f, "\n  {variable} {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
