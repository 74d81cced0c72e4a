//! The setup of a login with the certified provider, and the person's steps.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use deploy::template_path;
use deploy::{headers, provider};
use emulator::loopback_listeners;
use serde_json::{Value, json};
use stack::session::SessionMode;
use stack::site::Site;

use super::function::Function;
use super::server::{CLIENT_ID, CLIENT_SECRET, Server, Settings};
use browser::stacks::SESSION_KEYS;
use browser::world::World;

/// The button of a provider without a name, which shows its host instead.
pub const LOG_IN: &str = "Log in with 127.0.0.1";

pub struct Login {
    pub world: World,
    pub server: Server,
    pub site: Site,
    pub function: Function,
}

impl Login {
    /// The app with such a server. These variables replace the ones that `cargo xtask provider` prints; the session
    /// mode is the test's.
    pub async fn at(world: World, settings: &Settings, variables: &[(&str, &str)]) -> Result<Self> {
        let listeners = loopback_listeners(0).await?;
        let redirect_uri = redirect_uri(listeners.first().context("there is no listener")?.local_addr()?.port());
        let server = Server::start(settings, &redirect_uri).await?;
        let mut environment = printed(&server.issuer, &redirect_uri)?;
        let mode = world.session_mode();
        environment.insert("OAUTH_SESSION".to_owned(), mode.as_str().to_owned());
        if mode != SessionMode::Tab {
            environment.insert("OAUTH_SESSION_KEY".to_owned(), SESSION_KEYS[0].to_owned());
        }
        environment.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let function = Function::start(&environment).await?;
        // In `proxy` mode the page sends no requests to the provider.
        let asked = if mode == SessionMode::Proxy { "" } else { &server.issuer };
        let site = site(listeners, &world.stack.site_folder, &function.url, asked, &server.issuer)?;
        Ok(Self { world, server, site, function })
    }

    pub async fn open(&self, place: &str) -> Result<()> {
        Ok(self.world.browser.goto(format!("{}{place}", self.site.url())).await?)
    }

    /// Goes from the front page to the provider, and waits for its login page.
    pub async fn begin(&self) -> Result<()> {
        self.open("/").await?;
        self.world.press(LOG_IN).await?;
        self.world.find("#log_in").await.map(drop)
    }

    /// Logs in at the provider, and allows or refuses access.
    pub async fn decide(&self, decision: &str) -> Result<()> {
        decide(&self.world, decision).await
    }

    /// Ends the person's session at the provider.
    pub async fn log_out_there(&self) -> Result<()> {
        self.world.browser.cdp().send_raw("Network.clearBrowserCookies", json!({})).await?;
        Ok(())
    }

    /// A complete login, until the front page shows the name.
    pub async fn finish(&self) -> Result<()> {
        self.begin().await?;
        self.decide("#allow").await?;
        self.world.sees("Demo Person").await
    }

    /// The last body that the app posted to the function.
    pub fn posted(&self) -> Result<Value> {
        let calls = self.site.calls();
        let posted = calls.iter().rfind(|call| call.method == "POST").context("no code was sent")?;
        Ok(serde_json::from_slice(&posted.body)?)
    }

    /// Posts a body from the app's page. Returns the status and the error code.
    pub async fn post(&self, body: &Value) -> Result<Value> {
        let hash = deploy::sha256(body.to_string().as_bytes());
        let ask = format!(
            "const done = arguments[0];
             fetch('/api/token', {{ method: 'POST', headers: {{ 'content-type': 'application/json', 'x-amz-content-sha256': '{hash}' }}, body: '{body}' }})
                .then(async (answer) => done([answer.status, (await answer.json()).error]), done)"
        );
        Ok(self.world.browser.execute_async(&ask, vec![]).await?.json().clone())
    }

    /// Checks that nothing was sent to the function or to the provider.
    pub async fn sent_nothing(&self) -> Result<()> {
        ensure!(self.site.exchanges() == 0, "a code was sent to the function");
        ensure!(self.server.exchanges().await?.is_empty(), "a code was exchanged");
        Ok(())
    }
}

pub async fn decide(world: &World, decision: &str) -> Result<()> {
    for button in ["#log_in", decision] {
        world.find(button).await?.click().await?;
    }
    Ok(())
}

pub fn redirect_uri(port: u16) -> String {
    format!("http://localhost:{port}/auth")
}

/// The variables that are printed for this server, with the ones that its operator adds.
pub fn printed(issuer: &str, redirect_uri: &str) -> Result<BTreeMap<String, String>> {
    let text = provider::variables(issuer)?;
    let mut variables = dotenvy::from_read_iter(text.as_bytes()).collect::<dotenvy::Result<BTreeMap<_, _>>>()?;
    for (name, value) in
        [("OAUTH_CLIENT_ID", CLIENT_ID), ("OAUTH_CLIENT_SECRET", CLIENT_SECRET), ("OAUTH_REDIRECT_URIS", redirect_uri)]
    {
        variables.insert(name.to_owned(), value.to_owned()).with_context(|| format!("{name} is printed, too"))?;
    }
    Ok(variables)
}

/// The site with the deployment's headers: pages may send requests to one origin, and show pictures of another.
pub fn site(
    listeners: Vec<tokio::net::TcpListener>,
    folder: &Path,
    function: &str,
    asked: &str,
    shown: &str,
) -> Result<Site> {
    let parameters = [("ConnectOrigins", asked), ("PictureOrigins", shown)];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let headers = headers::read(&template_path(), &parameters)?;
    Site::start(listeners, folder, function, headers)
}
