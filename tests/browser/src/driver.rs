//! A browser's driver, and a fresh browser from it for every test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use thirtyfour::extensions::query::ElementPollerWithTimeout;
use thirtyfour::{Capabilities, ChromiumLikeCapabilities as _, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};
use tokio::net::{TcpListener, TcpStream};
use xtask::process::{Child, Output};
use xtask::tools::{Tool, Toolbox};

/// How long a test waits for what it expects to see; it is over when that is there.
const PATIENCE: Duration = Duration::from_secs(15);
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// No command of a driver takes that long.
const ANSWER: Duration = Duration::from_secs(120);

/// A browser's engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

impl Engine {
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    pub fn name(self) -> &'static str {
        self.tool().name()
    }

    /// What is set up for it.
    pub fn tool(self) -> Tool {
        match self {
            Self::Chromium => Tool::Chromium,
            Self::Firefox => Tool::Firefox,
            Self::WebKit => Tool::WebKit,
        }
    }
}

/// A running driver. It is stopped, and every browser with it, when this is dropped.
pub struct Driver {
    engine: Engine,
    _driver: Child,
    /// The virtual display of a browser that has no headless mode.
    _screen: Option<Child>,
    url: String,
    browser: PathBuf,
}

impl Driver {
    pub async fn start(engine: Engine, toolbox: &Toolbox, folder: &Path) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
        let (program, browser) = match engine {
            Engine::Chromium => ("chromedriver", "chromium"),
            Engine::Firefox => ("geckodriver", "firefox"),
            Engine::WebKit => ("WebKitWebDriver", "MiniBrowser"),
        };
        let mut command = toolbox.command(program);
        command.arg(format!("--port={port}"));
        let screen = if engine == Engine::WebKit { Some(screen(toolbox, &mut command)?) } else { None };
        let log = Output::File(folder.join(format!("{program}.log")));
        let mut driver = Child::spawn(command, program, log)?;
        let mut look_again = tokio::time::interval(LOOK_AGAIN);
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            look_again.tick().await;
            if let Some(status) = driver.exited()? {
                bail!("{program} has ended ({status})");
            }
        }
        // The driver is spoken to without TLS, but the HTTP client, whose features the function chooses, wants to have it.
        // An error is one that was installed before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = format!("http://127.0.0.1:{port}");
        let browser = toolbox.path(browser)?.to_owned();
        Ok(Self { engine, _driver: driver, _screen: screen, url, browser })
    }

    /// A browser without a past.
    pub async fn browser(&self) -> Result<WebDriver> {
        let capabilities = match self.engine {
            Engine::Chromium => self.chromium()?,
            Engine::Firefox => self.firefox(),
            Engine::WebKit => self.webkit(),
        };
        // A proxy that the environment names is not for this machine.
        let client = reqwest::Client::builder().no_proxy().timeout(ANSWER).build()?;
        let browser = WebDriver::builder(&self.url, capabilities).client(client).await?;
        browser.set_poller(Arc::new(ElementPollerWithTimeout::new(PATIENCE, LOOK_AGAIN)));
        Ok(browser)
    }

    fn chromium(&self) -> Result<Capabilities> {
        let mut capabilities = DesiredCapabilities::chrome();
        capabilities.set_binary(self.browser.to_str().context("the browser's path is UTF-8")?)?;
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
        Ok(capabilities.into())
    }

    fn firefox(&self) -> Capabilities {
        let options = json!({
            "binary": self.browser,
            "args": ["-headless", "-width=1000", "-height=800"],
            "prefs": { "intl.accept_languages": "en", "network.proxy.type": 0 },
        });
        capabilities(json!({ "browserName": "firefox", "moz:firefoxOptions": options }))
    }

    fn webkit(&self) -> Capabilities {
        let options = json!({ "binary": self.browser, "args": ["--automation"] });
        capabilities(json!({ "browserName": "MiniBrowser", "webkitgtk:browserOptions": options }))
    }
}

fn capabilities(members: Value) -> Capabilities {
    members.as_object().cloned().unwrap_or_default().into()
}

/// A screen for a browser that needs one, and the command's variable for it. The screen chooses a free number itself.
fn screen(toolbox: &Toolbox, command: &mut Command) -> Result<Child> {
    let numbers = tempfile::NamedTempFile::new().context("a temporary file")?;
    let mut xvfb = Command::new("sh");
    let path = toolbox.path("Xvfb")?;
    xvfb.args(["-c", "exec \"$0\" -displayfd 3 -screen 0 1000x800x24 -nolisten tcp 3>\"$1\""])
        .arg(path)
        .arg(numbers.path());
    xvfb.stdin(Stdio::null());
    let mut screen = Child::spawn(xvfb, "Xvfb", Output::Prefixed)?;
    loop {
        let number = std::fs::read_to_string(numbers.path()).context("reading the screen's number")?;
        if let Some(number) = number.strip_suffix('\n') {
            command.env("DISPLAY", format!(":{number}"));
            return Ok(screen);
        }
        if let Some(status) = screen.exited()? {
            bail!("Xvfb has ended ({status})");
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}
