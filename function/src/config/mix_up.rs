//! The redirect URIs, and the defence against mix-up (RFC 9700, 2.1 and 4.4): with several providers, one that is malicious or
//! compromised could send people on to another one and have the app bring it the other's code. An answer must therefore say
//! whose it is: by `iss`, or by the redirect URI that it comes to.

use std::ffi::OsString;

use shared::redirect;

use super::env::Env;
use super::function::Named;
use super::{Provider, Unread, Variables};
use crate::address;

const CALLBACK: &str = "/auth";

impl<V: Fn(&str) -> Option<OsString>> Env<V> {
    /// The redirect URIs that a provider may use: of its own list, or of the list for all, those that are not another one's.
    pub(super) fn redirect_uris(&mut self, named: &Named, all: &[Named]) -> Vec<String> {
        let variable = self.redirect_variable(&named.variables);
        let list = self.required(&variable).unwrap_or_default();
        if list.is_empty() {
            return Vec::new(); // Noted already.
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
            self.fault(&variable, format!("has only the redirect URIs of other providers, and none for {}", named.id));
        }
        uris
    }

    /// Its own, or the one for all: most apps come back to the same place from everywhere.
    fn redirect_variable(&self, variables: &Variables) -> String {
        const END: &str = "REDIRECT_URIS";
        let own = variables.name(END);
        if self.is_set(&own) { own } else { Variables::plain().name(END) }
    }

    /// Looks for providers whose answers could be taken for another one's.
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
        // Most have the list for all, so there are one or two of these.
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
                "must have, for each origin, a redirect URI for each provider, so that no answer is taken for another \
                 provider's (RFC 9700, 4.4): add the paths {own} here and at the providers, or set {issuers} if the \
                 provider sends iss; OAUTH_MIX_UP=accept starts without it"
            );
            self.fault(&variable, problem);
        }
    }
}
