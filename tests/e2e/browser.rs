//! chromedriver, and a fresh Chromium from it for every test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tests::process::{Child, Output};
use tests::tools::Toolbox;
use thirtyfour::extensions::query::ElementPollerWithTimeout;
use thirtyfour::{ChromiumLikeCapabilities as _, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};
use tokio::net::{TcpListener, TcpStream};

/// How long a test waits for what it expects to see; it is over when that is there.
const PATIENCE: Duration = Duration::from_secs(15);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

pub struct Driver {
    /// It is stopped, and every browser with it, when this is dropped.
    _chromedriver: Child,
    url: String,
    chromium: PathBuf,
    /// The script of axe-core.
    pub axe: PathBuf,
}

impl Driver {
    pub async fn start(toolbox: &Toolbox, folder: &Path) -> Result<Self> {
        let browser = toolbox.browser().context("no browser was set up")?;
        let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
        let mut command = Command::new(&browser.chromedriver);
        command.arg(format!("--port={port}"));
        let mut chromedriver = Child::spawn(command, "chromedriver", Output::File(folder.join("chromedriver.log")))?;
        let mut look_again = tokio::time::interval(LOOK_AGAIN);
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            look_again.tick().await;
            if let Some(status) = chromedriver.exited()? {
                bail!("chromedriver has ended ({status})");
            }
        }
        // The driver is spoken to without TLS, but the HTTP client, whose features the function chooses, wants to have it.
        // An error is one that was installed before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = format!("http://127.0.0.1:{port}");
        let axe = toolbox.axe().context("axe-core was not set up")?.to_owned();
        Ok(Self { _chromedriver: chromedriver, url, chromium: browser.chromium.clone(), axe })
    }

    /// A browser without a past.
    pub async fn browser(&self) -> Result<WebDriver> {
        let mut capabilities = DesiredCapabilities::chrome();
        capabilities.set_binary(self.chromium.to_str().context("the browser's path is UTF-8")?)?;
        for argument in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--lang=en",
            "--window-size=1000,800",
        ] {
            capabilities.add_arg(argument)?;
        }
        // It would switch off what people's browsers do when they press Back.
        capabilities.add_exclude_switch("disable-back-forward-cache")?;
        // What it complains of in its console is kept for the tests.
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        let browser = WebDriver::new(&self.url, capabilities).await?;
        browser.set_poller(Arc::new(ElementPollerWithTimeout::new(PATIENCE, LOOK_AGAIN)));
        Ok(browser)
    }
}
