//! The variables of the whole function: its providers, what distinguishes their responses, sessions, the root certificates it
//! trusts, and its timeout.

use std::ffi::OsString;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use shared::api_path::ApiPaths;
use shared::provider::{self, Preset};
use shared::redirect;
use shared::secret::SessionKey;
use shared::session::{Lifetime, SessionCookie, SessionMode};

use super::env::Env;
use super::provider::Variables;
use super::{Provider, Unread};
use crate::address;

/// The default timeout for an exchange.
const DEFAULT_TIMEOUT: Duration = Duration::from_millis(5000);

/// The default lifetime of a session, in days.
const DEFAULT_DAYS: u16 = 30;

const MODE: &str = "OAUTH_SESSION";
const KEY: &str = "OAUTH_SESSION_KEY";
const DAYS: &str = "OAUTH_SESSION_DAYS";

const CALLBACK: &str = "/auth";

/// An entry of `OAUTH_PROVIDER`.
pub(super) struct Named {
    pub(super) id: String,
    pub(super) preset: &'static Preset,
    pub(super) variables: Variables,
}

/// Where sessions are kept, and for how long.
pub struct SessionSettings {
    /// The session mode.
    pub mode: SessionMode,
    /// How long a session lasts.
    pub lifetime: Lifetime,
    /// In `cookie` and `proxy` mode, its cookie.
    pub cookie: Option<CookieSettings>,
}

/// The session cookie and its keys.
pub struct CookieSettings {
    /// Its names and attributes.
    pub cookie: SessionCookie,
    /// One or two keys: the first encrypts, all of them decrypt.
    pub keys: Vec<SessionKey>,
}

impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    /// The providers in `OAUTH_PROVIDER`, each a preset or `id:preset`. If there are several, or if one has its own id,
    /// the names of their variables contain the id.
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
                    format!("must be a preset, id:preset, or a comma-separated list of these; presets: {known}"),
                );
                continue;
            };
            if !redirect::is_provider_id(id) {
                self.fault(NAME, "has an id that is not a lower-case letter followed by lower-case letters and digits");
            } else if named.iter().any(|other| other.id == id) {
                self.fault(NAME, "names a provider twice; give each its own id, as in work:oauth2,play:oauth2");
            } else {
                let variables = if is_plain { Variables::plain() } else { Variables::of(id) };
                named.push(Named { id: id.into(), preset, variables });
            }
        }
        if named.is_empty()
            && let Some(preset) = provider::preset(provider::DEFAULT)
        {
            // The fault is already recorded; this is for reading the other variables.
            named.push(Named { id: preset.id.into(), preset, variables: Variables::plain() });
        }
        named
    }

    pub(super) fn extra_roots(&mut self) -> Vec<CertificateDer<'static>> {
        const NAME: &str = "OAUTH_CA_FILE";
        let Some(path) = self.optional(NAME) else { return Vec::new() };
        let roots: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
        match roots {
            Ok(roots) if roots.is_empty() => self.fault(NAME, "names a file that contains no certificate"),
            Ok(roots) if roots.iter().any(|root| rustls::RootCertStore::empty().add(root.clone()).is_err()) => {
                self.fault(NAME, "names a file with a certificate that cannot be used as a root");
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
            // Lambda ends every invocation after 15 minutes at most.
            Ok(ms @ 1..=900_000) => Duration::from_millis(ms),
            _ => {
                self.fault(NAME, "must be a whole number of milliseconds from 1 to 900000");
                DEFAULT_TIMEOUT
            }
        }
    }
}

/// The redirect URIs, and the defence against mix-up (RFC 9700, 2.1 and 4.4): with several providers, a malicious or
/// compromised one could redirect people to another and get that one's code from the app. Each authorization response
/// must therefore identify its provider: by `iss`, or by the redirect URI that it arrives at.
impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    /// The redirect URIs that a provider may use: those in its own list, or else in the shared list, that do not belong
    /// to another provider.
    pub(super) fn redirect_uris(&mut self, named: &Named, all: &[Named]) -> Vec<String> {
        let variable = self.redirect_variable(&named.variables);
        let list = self.required(&variable).unwrap_or_default();
        if list.is_empty() {
            return Vec::new(); // The fault is already recorded.
        }
        let mut uris: Vec<String> = list.split(',').map(|uri| uri.trim().to_owned()).collect();
        let owner = |uri: &str| redirect::callback_of(redirect::path(uri)?, CALLBACK).flatten().map(str::to_owned);
        let is_known = |uri: &str| owner(uri).is_none_or(|owner| all.iter().any(|other| other.id == owner));
        if let Some(problem) = uris.iter().find_map(|uri| address::parse_redirect(uri).err()) {
            self.fault(&variable, problem);
        } else if !uris.iter().all(|uri| is_known(uri)) {
            self.fault(&variable, "has a path /auth/<id> with an id that is not in OAUTH_PROVIDER");
        }
        uris.retain(|uri| owner(uri).is_none_or(|owner| owner == named.id));
        if uris.is_empty() {
            self.fault(&variable, format!("has only redirect URIs of other providers, and none for {}", named.id));
        }
        uris
    }

    /// The variable with a provider's redirect URIs: its own, or the shared one. Most apps use the same redirect URIs
    /// for all providers.
    pub(super) fn redirect_variable(&self, variables: &Variables) -> String {
        const END: &str = "REDIRECT_URIS";
        let own = variables.name(END);
        if self.is_set(&own) { own } else { Variables::plain().name(END) }
    }

    /// Looks for providers whose authorization responses could be mistaken for another provider's.
    pub(super) fn check_mix_up(&mut self, providers: &[Provider<Unread>]) {
        const NAME: &str = "OAUTH_MIX_UP";
        match self.optional(NAME).as_deref() {
            Some("accept") => return,
            Some(_) => self.fault(NAME, "can only be accept"),
            None => {}
        }
        if providers.len() < 2 {
            return;
        }
        // Most providers use the shared list, so there are only one or two of these.
        let mut unclear: Vec<(String, Vec<&str>)> = Vec::new();
        for provider in providers {
            let app = &provider.app;
            let own = format!("{CALLBACK}/{}", app.id);
            let has_own = |origin| app.redirect_uris.iter().any(|uri| uri.strip_prefix(origin) == Some(&own));
            if app.issuer.is_none() && !app.redirect_uris.iter().filter_map(|uri| redirect::origin(uri)).all(has_own) {
                let variable = self.redirect_variable(&provider.variables);
                match unclear.iter_mut().find(|(other, _)| *other == variable) {
                    Some((_, ids)) => ids.push(&app.id),
                    None => unclear.push((variable, vec![&app.id])),
                }
            }
        }
        for (variable, ids) in unclear {
            let own = ids.iter().map(|id| format!("{CALLBACK}/{id}")).collect::<Vec<_>>().join(", ");
            let issuers = ids.iter().map(|id| Variables::of(id).name("ISSUER")).collect::<Vec<_>>().join(", ");
            let problem = format!(
                "must have, on each origin, a separate redirect URI for each provider, so that no authorization \
                 response is mistaken for another provider's (RFC 9700, 4.4): add the paths {own} here and at the \
                 providers, or set {issuers} if the provider sends iss; OAUTH_MIX_UP=accept starts the function \
                 without this protection"
            );
            self.fault(&variable, problem);
        }
    }
}

/// The settings of sessions: mode, lifetime, and the cookie with its keys.
impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    pub(super) fn session_mode(&mut self) -> SessionMode {
        let Some(name) = self.optional(MODE) else { return SessionMode::default() };
        SessionMode::named(&name).unwrap_or_else(|| {
            self.fault(MODE, "must be tab, cookie or proxy");
            SessionMode::default()
        })
    }

    /// In `tab` mode the key is unused and not read.
    pub(super) fn session(&mut self, mode: SessionMode, providers: &[Provider<Unread>]) -> SessionSettings {
        let lifetime = self.lifetime();
        let cookie = match mode {
            SessionMode::Tab => None,
            SessionMode::Cookie | SessionMode::Proxy => {
                let keys = self.keys();
                self.cookie(providers).map(|cookie| CookieSettings { cookie, keys })
            }
        };
        SessionSettings { mode, lifetime, cookie }
    }

    fn lifetime(&mut self) -> Lifetime {
        let days = match self.optional(DAYS).map(|days| days.parse()) {
            None => DEFAULT_DAYS,
            Some(Ok(days @ 0..=400)) => days,
            Some(_) => {
                self.fault(DAYS, "must be a whole number of days from 1 to 400, or 0 to end sessions with the browser");
                DEFAULT_DAYS
            }
        };
        Lifetime::of_days(days)
    }

    fn keys(&mut self) -> Vec<SessionKey> {
        if !self.is_set(KEY) {
            self.missing(KEY, format!("is not set, but is required if {MODE} is cookie or proxy"));
        }
        let Some(list) = self.optional(KEY) else { return Vec::new() };
        let keys: Vec<_> = list.split(',').map(SessionKey::new).collect();
        if keys.len() > 2 || !keys.iter().all(SessionKey::is_well_formed) {
            self.fault(
                KEY,
                "must be 32 or more characters of A-Z, a-z, 0-9, - and _, or two such keys with a comma between them",
            );
        }
        keys
    }

    fn cookie(&mut self, providers: &[Provider<Unread>]) -> Option<SessionCookie> {
        let uris = providers.iter().flat_map(|provider| &provider.app.redirect_uris).map(String::as_str);
        SessionCookie::of(uris)
            .map_err(|_| {
                let variables = providers.first().map_or_else(Variables::plain, |one| one.variables.clone());
                let variable = self.redirect_variable(&variables);
                self.fault(
                    &variable,
                    format!(
                        "has both https and http origins, which cannot share the session cookie that {MODE} requires"
                    ),
                );
            })
            .ok()
    }

    /// The paths of a provider's API that pages can reach in `proxy` mode.
    pub(super) fn api_paths(&mut self, variable: &str, preset: &Preset) -> ApiPaths {
        let Some(list) = self.optional(variable) else { return ApiPaths::all_but(preset.api_without) };
        ApiPaths::parse(&list).unwrap_or_else(|| {
            self.fault(
                variable,
                "must be a comma-separated list of paths below the API's address, such as users,v2/list",
            );
            ApiPaths::default()
        })
    }
}
