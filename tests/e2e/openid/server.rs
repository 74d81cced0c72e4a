//! oidc-provider, as a child process that ends with the test.

use anyhow::{Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::net::{TcpListener, TcpStream};
use xtask::process::{Child, Output};
use xtask::tools::{self, Tool};
use xtask::workspace;

pub const CLIENT_ID: &str = "a client/1";
pub const CLIENT_SECRET: &str = "a secret: with + and %, as long as it likes";

/// The registration of the client, and the behaviour of the server.
pub struct Settings {
    /// As in the registration.
    pub client_auth: &'static str,
    pub requires_pkce: bool,
    /// Whether authorization responses have `iss`.
    pub sends_issuer: bool,
    /// The time on the server's clock between the first login and its exchange.
    pub seconds_before_exchange: u64,
    /// The lifetime of an access token.
    pub access_token_s: u64,
    /// Whether a renewal issues a new refresh token, and the second use of an old one ends the session.
    pub rotates: bool,
}

impl Default for Settings {
    fn default() -> Self {
        let client_auth = "client_secret_post";
        Self {
            client_auth,
            requires_pkce: true,
            sends_issuer: true,
            seconds_before_exchange: 0,
            access_token_s: 3600,
            rotates: false,
        }
    }
}

/// An exchange or a renewal, as the server saw it.
#[derive(Debug, Deserialize)]
pub struct Exchange {
    /// `Basic` if the client was authenticated by a header.
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
    /// Starts it for an app with this redirect URI.
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
            "access_token_s": settings.access_token_s,
            "rotates": settings.rotates,
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

    /// Every exchange and every renewal so far.
    pub async fn exchanges(&self) -> Result<Vec<Exchange>> {
        let answer = client()?.get(format!("{}/_tests/exchanges", self.issuer)).send().await?;
        Ok(serde_json::from_slice(&answer.bytes().await?)?)
    }

    /// Advances its clock.
    pub async fn advance(&self, seconds: u64) -> Result<()> {
        client()?.get(format!("{}/_tests/advance?{seconds}", self.issuer)).send().await?.error_for_status()?;
        Ok(())
    }

    /// Whether an access token is valid.
    pub async fn knows(&self, access_token: &str) -> Result<bool> {
        let answer = client()?.get(format!("{}/me", self.issuer)).bearer_auth(access_token).send().await?;
        Ok(answer.status().is_success())
    }
}

fn client() -> Result<reqwest::Client> {
    function::client::build(&[]).map_err(anyhow::Error::from_boxed)
}

/// Waits until the program listens on the port.
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
