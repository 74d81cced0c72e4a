//! Stand-ins for the services people log in with, which run locally, for developers and for end-to-end tests.
//!
//! Each answers as its service's documentation says: see [`Service`]. What the real ones do only on a
//! bad day, they do on demand: see [`Fault`].
//!
//! Their secrets are public. They listen on loopback addresses alone and say on their login pages
//! what they are.

pub mod aniapi;
mod avatar;
mod clock;
mod control;
mod cors;
mod expiring;
mod fault;
mod jwt;
pub mod listen;
mod misbehave;
mod page;
mod parameters;
mod people;
mod provider;
mod refusal;
mod rfc6749;
mod seen;
mod server;
mod service;
mod services;
pub mod wire;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use fault::{Endpoint, Fault};
pub use listen::loopback_listeners;
pub use people::{PEOPLE, Person};
pub use refusal::Refusal;
pub use seen::Seen;
pub use service::Service;

use provider::Provider;

/// The registered client's redirect address, unless [`Options`] gives another.
pub const REDIRECT_URI: &str = "http://localhost:3000/auth";

/// What may differ from one emulator to the next.
#[derive(Clone, Debug)]
pub struct Options {
    /// What it stands in for. Default: AniAPI.
    pub service: Service,
    /// The one redirect address of the registered client, compared character for character.
    /// Default: [`REDIRECT_URI`].
    pub redirect_uri: String,
    /// Requests a minute that one address may send to AniAPI. Default: 90, as there.
    pub rate_limit: u32,
    /// How long an access token is good. Default: as at the service.
    pub token_lifetime: Duration,
}

impl Options {
    /// The defaults of a service.
    pub fn of(service: Service) -> Self {
        let token_lifetime = service.ways().token_lifetime();
        Self { service, redirect_uri: REDIRECT_URI.to_owned(), rate_limit: 90, token_lifetime }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::of(Service::AniApi)
    }
}

/// A running emulator. Dropping it ends it; [`Emulator::stop`] also waits until it has ended.
#[derive(Debug)]
pub struct Emulator {
    provider: Arc<Provider>,
    servers: Vec<JoinHandle<()>>,
    /// Never sent on: the servers end when it is dropped.
    alive: watch::Sender<()>,
}

impl Emulator {
    /// Serves on one listener, on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// As [`Emulator::start_on`].
    pub async fn start(listener: TcpListener, options: Options) -> Result<Self> {
        Self::start_on(vec![listener], options).await
    }

    /// Serves on several listeners, such as the two that [`loopback_listeners`] gives. The
    /// addresses it tells are `http://localhost` with the first one's port.
    ///
    /// # Errors
    ///
    /// Where there is no listener, or one that is not on a loopback address: the emulator's
    /// passwords and secrets are published, so nobody else may reach it.
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

    /// Ends it: every connection is closed, answered or not, and nothing listens any more.
    pub async fn stop(self) {
        drop(self.alive);
        for server in self.servers {
            // An error here is a server that has already ended, which is what is wanted.
            let _ = server.await;
        }
    }

    /// What it stands in for.
    pub fn service(&self) -> Service {
        self.provider.service
    }

    /// Where it is: `http://localhost:PORT`.
    pub fn url(&self) -> String {
        self.provider.url.clone()
    }

    /// The authorization endpoint (RFC 6749, 3.1), which is also the login page.
    pub fn authorize_url(&self) -> String {
        self.provider.url_of(Endpoint::Authorize)
    }

    /// The token endpoint (RFC 6749, 3.2).
    pub fn token_url(&self) -> String {
        self.provider.url_of(Endpoint::Token)
    }

    /// The endpoint that tells whose a token is.
    pub fn profile_url(&self) -> String {
        self.provider.url_of(Endpoint::Profile) + &self.provider.ways().profile_query()
    }

    /// What its addresses begin with, if it is one of many servers of its kind.
    pub fn base_url(&self) -> Option<String> {
        Some(self.url() + self.provider.ways().base_path()?)
    }

    /// The name that it puts into its callbacks (RFC 9207), if it does.
    pub fn issuer(&self) -> Option<String> {
        self.provider.issuer()
    }

    /// The registered redirect URI.
    pub fn redirect_uri(&self) -> &str {
        &self.provider.redirect_uri
    }

    /// The path of an endpoint.
    pub fn path(&self, at: Endpoint) -> &'static str {
        self.provider.ways().path(at)
    }

    /// Answers wrongly at an endpoint from now on, until [`Emulator::reset`] or a further call
    /// for the same endpoint. A CORS preflight is spared, or no browser would get as far as the
    /// fault.
    ///
    /// # Panics
    ///
    /// Where the fault cannot be sent: a status below 200 or above 999, a malformed header.
    pub fn misbehave(&self, at: Endpoint, fault: Fault) {
        fault.check().expect("a fault has a status and headers that HTTP can carry");
        self.provider.faults.set(at, fault);
    }

    /// Forgets faults, rate-limit windows, sessions, codes, requests seen and the clock's
    /// advance. Tokens stay good: a service does not forget one because a test is over.
    pub fn reset(&self) {
        self.provider.reset();
    }

    /// Moves its clock on, so that sessions, codes, tokens and rate-limit windows end without
    /// anybody waiting.
    pub fn advance(&self, by: Duration) {
        self.provider.clock.advance(by);
    }

    /// A code, as if this person had just logged in, without PKCE.
    ///
    /// # Panics
    ///
    /// Where `email` is not one of [`PEOPLE`].
    pub fn issue_code(&self, email: &str) -> String {
        self.provider.issue_code(known(email), self.provider.redirect_uri.clone(), None)
    }

    /// An access token, as if this person had just logged in.
    ///
    /// # Panics
    ///
    /// Where `email` is not one of [`PEOPLE`].
    pub fn issue_token(&self, email: &str) -> String {
        self.provider.issue_token(known(email))
    }

    /// Every refresh token it has ever issued.
    pub fn refresh_tokens(&self) -> Vec<String> {
        self.provider.refresh_tokens()
    }

    /// Every request it has received, in order, but for those to `/_emulator`.
    pub fn seen(&self) -> Vec<Seen> {
        self.provider.seen.all()
    }

    /// How many exchanges were tried: `POST`s to the token endpoint, whatever came of them.
    pub fn exchanges(&self) -> usize {
        let is_exchange = |seen: &&Seen| seen.method == "POST" && seen.path == self.path(Endpoint::Token);
        self.seen().iter().filter(is_exchange).count()
    }
}

fn known(email: &str) -> &'static Person {
    Person::by_email(email).expect("the e-mail address is one of the demo people's")
}
