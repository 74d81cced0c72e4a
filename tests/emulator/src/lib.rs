//! Emulators of login providers that run locally, for development and for end-to-end tests.
//!
//! Each behaves as its service's documentation says: see [`Service`]. Failures of the real services can be requested:
//! see [`Fault`].
//!
//! Their secrets are public. They listen only on loopback addresses, and their login pages say that they are emulators.

pub mod aniapi;
mod api;
mod avatar;
mod behaviour;
mod clock;
mod control;
mod cors;
mod counters;
mod expiring;
mod fault;
mod grants;
mod jwt;
pub mod listen;
mod misbehave;
mod options;
mod page;
mod parameters;
mod paths;
mod people;
mod provider;
mod refusal;
mod rfc6749;
mod seen;
mod server;
mod service;
mod services;
mod tokens;
pub mod wire;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use fault::{Endpoint, Fault};
pub use listen::loopback_listeners;
pub use options::{Options, REDIRECT_URI};
pub use people::{PEOPLE, Person};
pub use refusal::Refusal;
pub use seen::Seen;
pub use service::Service;
pub use tokens::Tokens;

use paths::Revoke;
use provider::Provider;

/// A running emulator. Dropping it stops it; [`Emulator::stop`] also waits until it has ended.
#[derive(Debug)]
pub struct Emulator {
    provider: Arc<Provider>,
    servers: Vec<JoinHandle<()>>,
    /// Nothing is ever sent: the servers end when it is dropped.
    alive: watch::Sender<()>,
}

impl Emulator {
    /// Serves on one listener, on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// As for [`Emulator::start_on`].
    pub async fn start(listener: TcpListener, options: Options) -> Result<Self> {
        Self::start_on(vec![listener], options).await
    }

    /// Serves on several listeners, such as the two from [`loopback_listeners`]. Its own addresses begin with
    /// `http://localhost` and the first listener's port.
    ///
    /// # Errors
    ///
    /// If there is no listener, or if one is not on a loopback address: the emulator's passwords and secrets are
    /// public, so it must not be reachable from outside.
    pub async fn start_on(listeners: Vec<TcpListener>, options: Options) -> Result<Self> {
        let first = listeners.first().context("no listener to serve on")?;
        let port = first.local_addr()?.port();
        for listener in &listeners {
            let address = listener.local_addr()?;
            ensure!(address.ip().is_loopback(), "the emulator serves loopback addresses only, not {address}");
        }

        let provider = Arc::new(Provider::new(format!("http://localhost:{port}"), options));
        let app = server::app(Arc::clone(&provider));
        let (alive, ended) = watch::channel(());
        let servers = listeners
            .into_iter()
            .map(|listener| tokio::spawn(server::serve(listener, app.clone(), ended.clone())))
            .collect();
        Ok(Self { provider, servers, alive })
    }

    /// Stops it: every connection is closed, even while a request is pending, and nothing listens any more.
    pub async fn stop(self) {
        drop(self.alive);
        for server in self.servers {
            // An error means that the server has ended already.
            let _ = server.await;
        }
    }

    /// The emulated service.
    pub fn service(&self) -> Service {
        self.provider.service
    }

    /// Its base address: `http://localhost:PORT`.
    pub fn url(&self) -> String {
        self.provider.url.clone()
    }

    /// The authorization endpoint (RFC 6749, 3.1), which is also the login page.
    pub fn authorize_url(&self) -> String {
        self.url() + self.path(Endpoint::Authorize)
    }

    /// The token endpoint (RFC 6749, 3.2).
    pub fn token_url(&self) -> String {
        self.url() + self.path(Endpoint::Token)
    }

    /// The endpoint for a person's profile.
    pub fn profile_url(&self) -> String {
        self.url() + self.path(Endpoint::Profile) + &self.provider.behaviour().profile_query()
    }

    /// The revocation endpoint (RFC 7009), if it has one. GitHub's own call is not included; it is at the path of
    /// [`Endpoint::Revoke`].
    pub fn revoke_url(&self) -> Option<String> {
        match self.provider.behaviour().paths().revoke {
            Revoke::Rfc7009(path) => Some(self.url() + path),
            Revoke::Never | Revoke::Own(_) => None,
        }
    }

    /// The page that logs a person out of the service itself, if it has one.
    pub fn logout_url(&self) -> Option<String> {
        Some(self.url() + self.provider.behaviour().paths().log_out?)
    }

    /// The base address of its API, without a `/` at the end. Below it are `echo/…`, `status/CODE`, `bytes/N`,
    /// `endless`, `redirect`, and `type?type=…`, each for any method and with a valid token.
    pub fn api_url(&self) -> String {
        self.url() + self.path(Endpoint::Api)
    }

    /// Its base address in configurations, if it emulates one of many servers of a kind.
    pub fn base_url(&self) -> Option<String> {
        Some(self.url() + self.provider.behaviour().base_path()?)
    }

    /// The `iss` of its authorization responses (RFC 9207), if it sends one.
    pub fn issuer(&self) -> Option<String> {
        self.provider.issuer()
    }

    /// The registered redirect URI.
    pub fn redirect_uri(&self) -> &str {
        &self.provider.redirect_uri
    }

    /// The path of an endpoint; for [`Endpoint::Api`], the common prefix of the paths.
    ///
    /// # Panics
    ///
    /// If the service has no such endpoint: [`Endpoint::Revoke`], if it cannot revoke.
    pub fn path(&self, at: Endpoint) -> &'static str {
        self.provider.behaviour().paths().at(at).expect("the service has this endpoint")
    }

    /// Changes the settings of tokens that are issued from now on, until [`Emulator::reset`]. Members that are `None`
    /// do not change.
    pub fn set_tokens(&self, tokens: Tokens) {
        self.provider.set_tokens(tokens);
    }

    /// Makes an endpoint fail from now on, until [`Emulator::reset`] or another call for the same endpoint. CORS
    /// preflights still succeed; otherwise no browser would get as far as the fault.
    ///
    /// # Panics
    ///
    /// If the fault cannot be sent: a status below 200 or above 999, or a malformed header.
    pub fn misbehave(&self, at: Endpoint, fault: Fault) {
        fault.check().expect("the fault is valid in HTTP");
        self.provider.faults.set(at, fault);
    }

    /// Resets faults, rate-limit windows, sessions, codes, recorded requests, counters, the settings of
    /// [`Emulator::set_tokens`], and the clock. Tokens stay valid, as at a real service.
    pub fn reset(&self) {
        self.provider.reset();
    }

    /// Advances its clock, so that sessions, codes, tokens and rate-limit windows expire without waiting.
    pub fn advance(&self, by: Duration) {
        self.provider.clock.advance(by);
    }

    /// A code for this person, as after a login without PKCE.
    ///
    /// # Panics
    ///
    /// If `email` is not in [`PEOPLE`].
    pub fn issue_code(&self, email: &str) -> String {
        self.provider.issue_plain_code(known(email))
    }

    /// An access token for this person, as after a login.
    ///
    /// # Panics
    ///
    /// If `email` is not in [`PEOPLE`].
    pub fn issue_token(&self, email: &str) -> String {
        self.provider.issue_token(known(email))
    }

    /// Every refresh token that it has issued.
    pub fn refresh_tokens(&self) -> Vec<String> {
        self.provider.grants.refresh_tokens()
    }

    /// Whether a token of either kind was revoked, by a request or because a refresh token was used twice.
    pub fn is_revoked(&self, token: &str) -> bool {
        self.provider.grants.is_revoked(token)
    }

    /// Every request that it has received, in order, except those to `/_emulator`.
    pub fn seen(&self) -> Vec<Seen> {
        self.provider.seen.all()
    }

    /// The same without requests for pictures, which a page sends at any time.
    pub fn calls(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| !avatar::is_picture(&seen.path)).collect()
    }
}

fn known(email: &str) -> &'static Person {
    Person::by_email(email).expect("the e-mail address belongs to a demo person")
}
