//! Starts and stops emulators, function and site together, for `cargo xtask dev` and the end-to-end tests.

pub mod dev;
pub mod session;
pub mod site;
mod variables;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use axum::body::Body;
use axum::http::Request;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;

use deploy::{headers, origins};
use emulator::{Emulator, Options, Service, loopback_listeners};
use xtask::process::{Child, Output, ports};
use xtask::tools::Toolbox;
use xtask::workspace;

use crate::session::{Session, SessionMode};
use crate::site::Site;
use crate::variables::{clear_variables, emulated, session_port};

/// The timeout for the function's first response, which includes compiling it.
const FIRST_RESPONSE: Duration = Duration::from_secs(15 * 60);

const APP: &str = "the app";
const FUNCTION: &str = "the function";

/// What to start.
#[derive(Debug)]
pub struct Plan {
    /// The port of each part.
    pub ports: Ports,
    /// The folder of the built site.
    pub site: PathBuf,
    /// The providers.
    pub provider: Provider,
    /// The session mode and its key.
    pub session: Session,
    /// The destination of the function's output.
    pub output: Output,
    /// Whether the function is recompiled when its source changes, and pages can be reloaded.
    pub reload: bool,
}

/// The providers that people log in with.
#[derive(Clone, Debug)]
pub enum Provider {
    /// Emulators, started with the rest of the stack: one for each service.
    Emulated {
        /// The services.
        services: Vec<Service>,
        /// Whether each has its own redirect URI, `/auth/<id>`, instead of a common one, `/auth`.
        own_redirect_uris: bool,
    },
    /// Other providers, configured by this environment of the function.
    Elsewhere(BTreeMap<String, String>),
}

impl Provider {
    /// The emulated services.
    fn services(&self) -> &[Service] {
        match self {
            Self::Emulated { services, .. } => services,
            Self::Elsewhere(_) => &[],
        }
    }

    /// The path of a service's redirect URI.
    fn callback_of(&self, service: Service) -> String {
        match self {
            Self::Emulated { own_redirect_uris: true, .. } => format!("/auth/{}", service.id()),
            _ => "/auth".to_owned(),
        }
    }
}

/// The port of each part; 0 selects a free port.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// The app.
    pub site: u16,
    /// The function.
    pub function: u16,
    /// The first emulator; the others use the next ports.
    pub emulator: u16,
}

impl Ports {
    /// The documented ports.
    pub const DEFAULT: Self = Self { site: 3000, function: 9000, emulator: 4000 };
    /// Free ports.
    pub const FREE: Self = Self { site: 0, function: 0, emulator: 0 };

    /// The port of an emulator, counted from 0.
    fn nth(self, at: u16) -> u16 {
        if self.emulator == 0 { 0 } else { self.emulator.saturating_add(at) }
    }
}

/// Derives the other ports from the app's, at the same distances as the documented ports.
impl From<u16> for Ports {
    fn from(site: u16) -> Self {
        let from_default = |port: u16| site.saturating_add(port - Self::DEFAULT.site);
        Self { site, function: from_default(Self::DEFAULT.function), emulator: from_default(Self::DEFAULT.emulator) }
    }
}

/// The running stack. Dropping it stops it.
#[derive(Debug)]
pub struct Stack {
    /// The app's origin.
    pub site: Site,
    /// The emulated providers.
    pub emulators: Vec<Emulator>,
    /// `cargo lambda watch`.
    pub function: Child,
    /// The function's own origin, without the edge.
    pub function_url: String,
    /// The session mode.
    pub session: SessionMode,
    /// The folder of the built site that is served.
    pub site_folder: PathBuf,
}

impl Stack {
    /// Starts everything and waits until the function responds.
    ///
    /// # Errors
    /// If a port is in use or a part does not start. Parts that are already running are then stopped.
    pub async fn start(toolbox: &Toolbox, plan: Plan) -> Result<Self> {
        let site_listeners = listen(plan.ports.site, APP).await?;
        let app_port = site_listeners.first().context("no listener")?.local_addr()?.port();

        let mut emulators = Vec::new();
        for (service, at) in plan.provider.services().iter().zip(0..) {
            let listeners = listen(plan.ports.nth(at), &emulator_of(*service)).await?;
            let redirect_uri = format!("http://localhost:{app_port}{}", plan.provider.callback_of(*service));
            let options = Options { redirect_uri, ..Options::of(*service) };
            emulators.push(Emulator::start_on(listeners, options).await?);
        }
        let mut environment = match plan.provider {
            Provider::Elsewhere(environment) => environment,
            Provider::Emulated { .. } => emulated(&emulators, plan.session.mode),
        };
        plan.session.select(&mut environment)?;
        // Emulators serve profile pictures of their own, in addition to those at the real providers' addresses.
        let pictures = [origins::pictures(&environment)].into_iter().chain(emulators.iter().map(Emulator::url));
        let parameters = [
            (origins::CONNECT.to_owned(), origins::connect(&environment)),
            (origins::PICTURES.to_owned(), pictures.collect::<Vec<_>>().join(" ")),
        ]
        .into();

        let session_port = session_port(&environment);

        let function_port = free(plan.ports.function).await?;
        let function_url = format!("http://127.0.0.1:{function_port}");
        let mut command = toolbox.cargo_lambda("watch");
        command
            // By default, it adds CORS headers, which would hide that the function sends none, and listens on every
            // address.
            .args(["--package", "function", "--disable-cors", "--invoke-address", "127.0.0.1", "--invoke-port"])
            .arg(function_port.to_string())
            .current_dir(workspace());
        if !plan.reload {
            command.arg("--ignore-changes");
        }
        clear_variables(&mut command);
        command.envs(environment);
        let mut function = Child::spawn(command, "function", plan.output)?;
        wait_until_ready(&mut function, &function_url).await?;

        let headers = headers::read(&deploy::template_path(), &parameters)?;
        let start = if plan.reload { Site::start_reloading } else { Site::start };
        let site = start(site_listeners, &plan.site, &function_url, headers)?;
        if let Some(port) = session_port {
            site.session_port(port);
        }
        let session = plan.session.mode;
        Ok(Self { site, emulators, function, function_url, session, site_folder: plan.site })
    }

    /// Stops everything, and waits until it has stopped.
    pub async fn stop(mut self) {
        drop(self.site);
        self.function.stop();
        for emulator in self.emulators {
            emulator.stop().await;
        }
    }
}

fn emulator_of(service: Service) -> String {
    format!("the {} emulator", service.name())
}

async fn listen(port: u16, what: &str) -> Result<Vec<TcpListener>> {
    loopback_listeners(port).await.map_err(|error| cannot_listen(&error, port, what))
}

fn cannot_listen(error: &std::io::Error, port: u16, what: &str) -> anyhow::Error {
    match error.kind() {
        ErrorKind::AddrInUse => {
            let owner = ports::owner(port).map_or_else(|| "another process".to_owned(), |owner| owner.to_string());
            anyhow!("port {port}, for {what}, is used by {owner}: stop it, or choose other ports with --port")
        }
        _ => anyhow!("cannot listen on port {port} for {what}: {error}"),
    }
}

/// A port that is free now, for another process to listen on.
async fn free(port: u16) -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    let listener = listener.map_err(|error| cannot_listen(&error, port, FUNCTION))?;
    Ok(listener.local_addr()?.port())
}

/// Waits for the first response. `cargo lambda watch` listens at once, compiles the function on the first request, and
/// then responds to it.
async fn wait_until_ready(function: &mut Child, url: &str) -> Result<()> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let mut interval = tokio::time::interval(Duration::from_millis(100));
    let answer = async {
        loop {
            let health = Request::get(format!("{url}/api/health")).body(Body::empty())?;
            match client.request(health).await {
                Ok(answer) if answer.status() == 204 => return Ok(()),
                Ok(answer) => bail!("the function's health check returned {}", answer.status()),
                // It does not listen yet.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    };
    tokio::pin!(answer);
    let give_up = tokio::time::Instant::now() + FIRST_RESPONSE;
    loop {
        tokio::select! {
            answer = &mut answer => return answer,
            _ = interval.tick() => {
                if let Some(status) = function.exited()? {
                    bail!("cargo lambda watch exited before the function responded ({status})");
                }
                if tokio::time::Instant::now() > give_up {
                    bail!("the function did not respond within {} minutes", FIRST_RESPONSE.as_secs() / 60);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_ports_follow_the_apps_port() {
        let ports = Ports::from(13_000);
        assert_eq!((ports.site, ports.function, ports.emulator), (13_000, 19_000, 14_000));
        assert_eq!((Ports::DEFAULT.nth(1), Ports::FREE.nth(1)), (4001, 0));
    }

    #[tokio::test]
    async fn port_in_use_is_reported_with_its_purpose_and_owner() {
        let taken = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = taken.local_addr().expect("it is bound").port();
        let error = listen(port, APP).await.expect_err("it is in use").to_string();
        let own = format!("(process {})", std::process::id());
        assert!(error.contains(&port.to_string()) && error.contains(APP) && error.contains(&own), "{error}");
    }
}
