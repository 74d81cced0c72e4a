//! Sessions in cookies: decrypted from a request, encrypted for a response.

use http::{HeaderMap, header};
use shared::provider::ClientCredentials;
use shared::session::{Lifetime, SessionCookie, SessionMode, SessionState, StoredSession};

use crate::config::{Config, Provider, SessionSettings};
use crate::error::Refusal;
use crate::session::seal::{Binding, Sealer};

mod seal;

/// How sessions are kept.
pub(crate) struct Sessions {
    pub(crate) mode: SessionMode,
    pub(crate) lifetime: Lifetime,
    /// The cookie and its encryption; `None` in `tab` mode.
    store: Option<(SessionCookie, Sealer)>,
}

/// The session of a request, and its provider.
pub(crate) struct Opened<'a> {
    pub(crate) provider: &'a Provider,
    pub(crate) session: StoredSession,
}

/// A session in the form that the page gets, with the `Set-Cookie` headers that store it.
pub(crate) struct Kept {
    pub(crate) state: SessionState,
    pub(crate) cookies: Vec<String>,
}

impl Sessions {
    pub(crate) fn new(settings: &SessionSettings) -> Self {
        let store = settings.cookie.as_ref().map(|cookie| (cookie.cookie.clone(), Sealer::new(&cookie.keys)));
        Self { mode: settings.mode, lifetime: settings.lifetime, store }
    }

    /// The session of a request, if its cookie can be decrypted and it has not ended.
    pub(crate) fn open<'a>(&self, config: &'a Config, headers: &HeaderMap, now: u64) -> Option<Opened<'a>> {
        let (cookie, sealer) = self.store.as_ref()?;
        let opened = cookie.find(cookies(headers)).open(|sealed| {
            config.providers.iter().find_map(|provider| {
                let plain = sealer.open(&sealed, &binding(cookie, provider))?;
                Some(Opened { provider, session: StoredSession::from_bytes(&plain)? })
            })
        });
        opened.filter(|opened| opened.session.ends_in(self.lifetime, now).is_some())
    }

    /// Stores a session, without its profile if that does not fit. `headers` are those of the request.
    pub(crate) fn keep(
        &self,
        provider: &Provider,
        session: StoredSession,
        headers: &HeaderMap,
        now: u64,
    ) -> Result<Kept, Refusal> {
        if let Some(kept) = self.try_keep(provider, &session, headers, now)? {
            return Ok(kept);
        }
        let least = session.without_profile();
        self.try_keep(provider, &least, headers, now)?.ok_or(Refusal::SessionTooLarge(Vec::new()))
    }

    /// `None` if the session does not fit.
    fn try_keep(
        &self,
        provider: &Provider,
        session: &StoredSession,
        headers: &HeaderMap,
        now: u64,
    ) -> Result<Option<Kept>, Refusal> {
        let (cookie, sealer) = self.store.as_ref().ok_or(Refusal::Internal)?;
        let state = session.state(self.mode, &provider.app.id, self.lifetime, now).ok_or(Refusal::InvalidSession)?;
        let max_age = (!self.lifetime.ends_with_browser()).then_some(state.ends_in);
        let sealed = sealer.seal(session.to_bytes(), &binding(cookie, provider)).ok_or(Refusal::Internal)?;
        let has_second = cookie.find(cookies(headers)).has_second();
        Ok(cookie.set(&sealed, max_age, has_second).map(|cookies| Kept { state, cookies }))
    }

    /// The `Set-Cookie` headers that end a session. In `tab` mode there are none.
    pub(crate) fn clear(&self) -> Vec<String> {
        self.store.as_ref().map_or_else(Vec::new, |(cookie, _)| cookie.clear().into())
    }

    /// The part of a session that the page may have.
    pub(crate) fn state(&self, opened: &Opened<'_>, now: u64) -> Option<SessionState> {
        opened.session.state(self.mode, &opened.provider.app.id, self.lifetime, now)
    }
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(header::COOKIE).iter().map(|value| value.as_bytes())
}

fn binding<'a>(cookie: &'a SessionCookie, provider: &'a Provider) -> Binding<'a> {
    let ClientCredentials { id, .. } = &provider.client;
    Binding { cookie: cookie.name(), provider: &provider.app.id, client_id: id }
}
