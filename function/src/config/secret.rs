//! Where the client secret is: in the environment, or in a store that the environment names.

use std::ffi::OsString;

use aws_credential_types::Credentials;
use shared::provider::Preset;
use shared::secret::ClientSecret;

use super::Variables;
use super::env::Env;
use crate::address;
use crate::arn::SecretArn;
use crate::store::StoredSecret;

/// Where the client secret is.
pub(super) enum SecretSource {
    /// Here.
    Known(ClientSecret),
    /// In AWS Secrets Manager.
    Stored(StoredSecret),
}

impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    /// From exactly one of two variables; `None` after a fault.
    pub(super) fn secret(&mut self, preset: &Preset, variables: &Variables) -> Option<SecretSource> {
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
                self.fault(&here, format!("is set beside {stored}; set exactly one of the two"));
                None
            }
            (false, false) => {
                self.missing(&here, format!("is not set, nor is {stored}; set exactly one of the two"));
                None
            }
        }
    }

    /// All that takes part in reading it is looked at, so that every fault is reported.
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
        // Lambda sets it; a long-term key has none.
        let token = self.key("AWS_SESSION_TOKEN");
        let default = arn.as_ref().map_or("", |arn| arn.endpoint.as_str());
        // The first that is set, as in AWS's own tools.
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
        Some(StoredSecret { arn: arn?, credentials: Credentials::new(id?, key?, token, None, "environment"), endpoint })
    }

    fn required_key(&mut self, variable: &str, arn: &str) -> Option<String> {
        if !self.is_set(variable) {
            self.fault(variable, format!("is not set, but is needed to read {arn}; Lambda sets it"));
        }
        self.key(variable)
    }

    /// A part of the credentials. It becomes a part of a header.
    fn key(&mut self, variable: &str) -> Option<String> {
        let key = self.optional(variable)?;
        if !key.bytes().all(|b| b.is_ascii_graphic()) {
            self.fault(variable, "must be visible ASCII");
        }
        Some(key)
    }
}
