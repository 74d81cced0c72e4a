//! What is the function's own: its providers, whom it trusts, and how long it waits.

use std::ffi::OsString;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use shared::provider::{self, Preset};
use shared::redirect;

use super::Variables;
use super::env::Env;

/// How long an exchange may take unless configured otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_millis(5000);

/// An entry of `OAUTH_PROVIDER`.
pub(super) struct Named {
    pub(super) id: String,
    pub(super) preset: &'static Preset,
    pub(super) variables: Variables,
}

impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    /// The providers that are named, each by its preset or as `id:preset`. If there are several, or if one has an id of its
    /// own, the variables of each carry its id.
    pub(super) fn providers(&mut self) -> Vec<Named> {
        const NAME: &str = "OAUTH_PROVIDER";
        let list = self.optional(NAME).unwrap_or_else(|| provider::DEFAULT.into());
        let is_plain = !list.contains([',', ':']);
        let mut named: Vec<Named> = Vec::new();
        for entry in list.split(',').map(str::trim) {
            let (id, preset) = entry.split_once(':').unwrap_or((entry, entry));
            let Some(preset) = provider::preset(preset) else {
                let known: Vec<_> = provider::PRESETS.iter().map(|preset| preset.id).collect();
                let known = known.join(", ");
                self.fault(
                    NAME,
                    format!("must be a preset, id:preset, or several of them with commas; presets: {known}"),
                );
                continue;
            };
            if !redirect::is_provider_id(id) {
                self.fault(
                    NAME,
                    "has an id that is not a lower-case letter with lower-case letters and digits after it",
                );
            } else if named.iter().any(|other| other.id == id) {
                self.fault(NAME, "names a provider twice; give each an id of its own, as in work:oauth2,play:oauth2");
            } else {
                let variables = if is_plain { Variables::plain() } else { Variables::of(id) };
                named.push(Named { id: id.into(), preset, variables });
            }
        }
        if named.is_empty()
            && let Some(preset) = provider::preset(provider::DEFAULT)
        {
            // That is noted already; this is for the other variables.
            named.push(Named { id: preset.id.into(), preset, variables: Variables::plain() });
        }
        named
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
