//! oidc-provider, as a child that is ended when the test is.

use anyhow::{Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::net::{TcpListener, TcpStream};
use xtask::process::{Child, Output};
use xtask::tools::{self, Tool};
use xtask::workspace;

pub const CLIENT_ID: &str = "a client/1";
pub const CLIENT_SECRET: &str = "a secret: with + and %, as long as it likes";

/// How the client is registered, and what kind of server this is.
pub struct Settings {
    /// As the registration calls it.
    pub client_auth: &'static str,
    pub requires_pkce: bool,
    /// Whether a callback says who it comes from.
    pub sends_issuer: bool,
    /// What passes on the server's clock between the first login and its exchange.
    pub seconds_before_exchange: u64,
}

impl Default for Settings {
    fn default() -> Self {
        let client_auth = "client_secret_post";
        Self { client_auth, requires_pkce: true, sends_issuer: true, seconds_before_exchange: 0 }
    }
}

/// An exchange as the server saw it.
#[derive(Debug, Deserialize)]
pub struct Exchange {
    /// `Basic`, where the client was authenticated by a header.
    pub scheme: Option<String>,
    /// The form.
    pub sent: Map<String, Value>,
    pub status: u16,
    pub answer: Value,
}

pub struct Server {
    _child: Child,
    pub issuer: String,
}

impl Server {
    /// For an app with that redirect address.
    pub async fn start(settings: &Settings, redirect_uri: &str) -> Result<Self> {
        let toolbox = tools::ensure(&[Tool::OpenId])?;
        let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
        let settings = json!({
            "port": port,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "client_auth": settings.client_auth,
            "redirect_uri": redirect_uri,
            "requires_pkce": settings.requires_pkce,
            "sends_issuer": settings.sends_issuer,
            "seconds_before_exchange": settings.seconds_before_exchange,
        });
        let workspace = workspace();
        let mut node = toolbox.command("node");
        node.arg(workspace.join("tests/openid/server.mjs"));
        node.arg(toolbox.path("oidc-provider")?).arg(settings.to_string());
        let log = workspace.join(format!("target/e2e/oidc-provider-{port}.log"));
        let mut child = Child::spawn(node, "oidc-provider", Output::File(log))?;
        wait_for(&mut child, port).await?;
        Ok(Self { _child: child, issuer: format!("http://127.0.0.1:{port}") })
    }

    /// Every exchange so far.
    pub async fn exchanges(&self) -> Result<Vec<Exchange>> {
        let client = function::client::build(&[]).map_err(anyhow::Error::from_boxed)?;
        let answer = client.get(format!("{}/_tests/exchanges", self.issuer)).send().await?;
        Ok(serde_json::from_slice(&answer.bytes().await?)?)
    }
}

/// Waits until that program listens there.
pub async fn wait_for(child: &mut Child, port: u16) -> Result<()> {
    let mut look_again = tokio::time::interval(std::time::Duration::from_millis(20));
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        look_again.tick().await;
        if let Some(status) = child.exited()? {
            bail!("{} has ended ({status})", child.name());
        }
    }
    Ok(())
}
