//! What is the function's own: its providers, whom it trusts, and how long it waits.

use std::ffi::OsString;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use shared::provider::{self, TokenEndpoint};

use super::Variables;
use super::env::Env;

/// How long an exchange may take unless configured otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_millis(5000);

impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    /// The providers that are named, and what the variables of each are called: where there is more than one, they have
    /// its name in them.
    pub(super) fn providers(&mut self) -> Vec<(&'static dyn TokenEndpoint, Variables)> {
        const NAME: &str = "OAUTH_PROVIDER";
        let list = self.optional(NAME).unwrap_or_else(|| provider::DEFAULT.into());
        let mut named: Vec<&dyn TokenEndpoint> = Vec::new();
        for name in list.split(',').map(str::trim) {
            match provider::token_endpoint(name) {
                Some(endpoint) if named.iter().any(|other| other.id() == endpoint.id()) => {
                    self.fault(NAME, "names a provider twice");
                }
                Some(endpoint) => named.push(endpoint),
                None => {
                    let known: Vec<_> = provider::TOKEN_ENDPOINTS.iter().map(|endpoint| endpoint.id()).collect();
                    let known = known.join(", ");
                    self.fault(NAME, format!("must be the name of a provider, or several with commas, of: {known}"));
                }
            }
        }
        if named.is_empty() {
            // Noted already; the other variables are looked at all the same.
            named.extend(provider::token_endpoint(provider::DEFAULT));
        }
        let is_one = !list.contains(',');
        let variables = |id| if is_one { Variables::plain() } else { Variables::of(id) };
        named.into_iter().map(|endpoint| (endpoint, variables(endpoint.id()))).collect()
    }

    pub(super) fn extra_roots(&mut self) -> Vec<CertificateDer<'static>> {
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

    pub(super) fn timeout(&mut self) -> Duration {
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
