//! Emulators, function and site, started and stopped together. `cargo xtask dev` and the end-to-end tests use the same.

pub mod dev;
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

use deploy::headers;
use emulator::{Emulator, Options, Service, loopback_listeners};
use xtask::process::{Child, Output, ports};
use xtask::tools::Toolbox;
use xtask::workspace;

use crate::site::Site;
use crate::variables::{clear_variables, emulated, on_this_machine, profile_origins};

/// How long the function may take to be compiled and to answer for the first time.
const FIRST_ANSWER: Duration = Duration::from_secs(15 * 60);

const APP: &str = "the app";
const FUNCTION: &str = "the function";

/// What to start.
#[derive(Debug)]
pub struct Plan {
    /// Where each part listens.
    pub ports: Ports,
    /// The built site.
    pub site: PathBuf,
    /// Where people log in.
    pub provider: Provider,
    /// Where the function's output goes.
    pub output: Output,
    /// Whether the function is compiled again when its source changes, and pages are loaded again.
    pub reload: bool,
}

/// Where people log in.
#[derive(Clone, Debug)]
pub enum Provider {
    /// At emulators that are started along with the rest, one for each service and a button for each.
    Emulated {
        /// The services.
        services: Vec<Service>,
        /// Whether each has a redirect URI of its own, `/auth/<id>`, and not all of them `/auth`.
        own_redirect_uris: bool,
    },
    /// Elsewhere, by this environment of the function.
    Elsewhere(BTreeMap<String, String>),
}

impl Provider {
    /// What is emulated.
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

/// Where each part listens; 0 is any free port.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// The app.
    pub site: u16,
    /// The function.
    pub function: u16,
    /// The first emulator; others have the ports that follow.
    pub emulator: u16,
}

impl Ports {
    /// The documented ports.
    pub const DEFAULT: Self = Self { site: 3000, function: 9000, emulator: 4000 };
    /// Any that are free.
    pub const FREE: Self = Self { site: 0, function: 0, emulator: 0 };

    /// Where an emulator listens; any free port is any for each.
    fn nth(self, at: u16) -> u16 {
        if self.emulator == 0 { 0 } else { self.emulator.saturating_add(at) }
    }
}

/// The app's port; the others follow, at the distances that the documented ports have.
impl From<u16> for Ports {
    fn from(site: u16) -> Self {
        let from_default = |port: u16| site.saturating_add(port - Self::DEFAULT.site);
        Self { site, function: from_default(Self::DEFAULT.function), emulator: from_default(Self::DEFAULT.emulator) }
    }
}

/// Everything, running. Dropping it ends it.
#[derive(Debug)]
pub struct Stack {
    /// The app's own address.
    pub site: Site,
    /// The providers that are ours.
    pub emulators: Vec<Emulator>,
    /// `cargo lambda watch`.
    pub function: Child,
    /// Where the function is reached directly.
    pub function_url: String,
    /// The built site that is served.
    pub site_folder: PathBuf,
}

impl Stack {
    /// Starts everything and waits until the function answers.
    ///
    /// # Errors
    /// Where a port is taken or a part does not start; what was started by then is stopped again.
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
        let environment = match plan.provider {
            Provider::Elsewhere(environment) => on_this_machine(environment),
            Provider::Emulated { .. } => emulated(&emulators),
        };
        // The emulators have pictures of their own, beside those of the real ones.
        let pictures = emulators.iter().map(|emulator| format!(" {}", emulator.url()));
        let parameters = [
            ("ProfileOrigin".to_owned(), profile_origins(&environment)),
            ("AvatarOrigins".to_owned(), format!("https:{}", pictures.collect::<String>())),
        ]
        .into();

        let function_port = free(plan.ports.function).await?;
        let function_url = format!("http://127.0.0.1:{function_port}");
        let mut command = toolbox.cargo_lambda("watch");
        command
            // Its CORS headers would hide our not having any; and it would listen on every address of the machine.
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
        Ok(Self { site, emulators, function, function_url, site_folder: plan.site })
    }

    /// Ends everything, and waits until it has ended.
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
            anyhow!("port {port}, for {what}, is used by {owner}: stop that, or choose other ports with --port")
        }
        _ => anyhow!("cannot listen on port {port} for {what}: {error}"),
    }
}

/// A port that is free now, for somebody else to listen on.
async fn free(port: u16) -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    let listener = listener.map_err(|error| cannot_listen(&error, port, FUNCTION))?;
    Ok(listener.local_addr()?.port())
}

/// `cargo lambda watch` listens at once, compiles the function when it is first asked, and answers when that is done.
async fn wait_until_ready(function: &mut Child, url: &str) -> Result<()> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let mut look_again = tokio::time::interval(Duration::from_millis(100));
    let answer = async {
        loop {
            let health = Request::get(format!("{url}/api/health")).body(Body::empty())?;
            match client.request(health).await {
                Ok(answer) if answer.status() == 204 => return Ok(()),
                Ok(answer) => bail!("the function answers its health check with {}", answer.status()),
                // It does not listen yet.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    };
    tokio::pin!(answer);
    let give_up = tokio::time::Instant::now() + FIRST_ANSWER;
    loop {
        tokio::select! {
            answer = &mut answer => return answer,
            _ = look_again.tick() => {
                if let Some(status) = function.exited()? {
                    bail!("cargo lambda watch ended before the function answered ({status})");
                }
                if tokio::time::Instant::now() > give_up {
                    bail!("the function did not answer within {} minutes", FIRST_ANSWER.as_secs() / 60);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_follow_the_apps() {
        let ports = Ports::from(13_000);
        assert_eq!((ports.site, ports.function, ports.emulator), (13_000, 19_000, 14_000));
        assert_eq!((Ports::DEFAULT.nth(1), Ports::FREE.nth(1)), (4001, 0));
    }

    #[tokio::test]
    async fn a_taken_port_is_named_with_what_it_is_for_and_who_has_it() {
        let taken = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = taken.local_addr().expect("it is bound").port();
        let error = listen(port, APP).await.expect_err("it is taken").to_string();
        let own = format!("(process {})", std::process::id());
        assert!(error.contains(&port.to_string()) && error.contains(APP) && error.contains(&own), "{error}");
    }
}
