//! A browser's driver, which opens a fresh browser for every test.

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

/// How long a test waits for what it expects to see; it continues as soon as that appears.
const PATIENCE: Duration = Duration::from_secs(15);
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// The timeout of a command to a driver.
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

    /// The tool that has to be set up for it.
    pub fn tool(self) -> Tool {
        match self {
            Self::Chromium => Tool::Chromium,
            Self::Firefox => Tool::Firefox,
            Self::WebKit => Tool::WebKit,
        }
    }
}

/// A running driver. Dropping it stops it and all its browsers.
pub struct Driver {
    _driver: Child,
    /// The virtual display of a browser that has no headless mode.
    _screen: Option<Child>,
    launcher: Launcher,
}

/// Opens browsers with a running driver.
#[derive(Clone)]
pub(crate) struct Launcher {
    engine: Engine,
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
        // Requests to the driver do not use TLS, but the HTTP client, whose features the function chooses, requires a
        // TLS provider. An error means that one is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = format!("http://127.0.0.1:{port}");
        let browser = toolbox.path(browser)?.to_owned();
        Ok(Self { _driver: driver, _screen: screen, launcher: Launcher { engine, url, browser } })
    }

    /// A browser with a new profile.
    pub async fn browser(&self) -> Result<WebDriver> {
        self.launcher.open(None).await
    }

    pub(crate) fn launcher(&self) -> Launcher {
        self.launcher.clone()
    }
}

impl Launcher {
    /// Whether a browser can use the profile of an earlier one.
    pub(crate) fn keeps_profiles(&self) -> bool {
        self.engine != Engine::WebKit
    }

    /// A browser with its profile in this folder, or with a new one.
    pub(crate) async fn open(&self, profile: Option<&Path>) -> Result<WebDriver> {
        let profile = profile.map(|folder| folder.to_str().context("the profile's path is not UTF-8")).transpose()?;
        let capabilities = match self.engine {
            Engine::Chromium => self.chromium(profile)?,
            Engine::Firefox => self.firefox(profile),
            Engine::WebKit => self.webkit(),
        };
        // A proxy in the environment does not apply to this machine.
        let client = reqwest::Client::builder().no_proxy().timeout(ANSWER).build()?;
        let browser = WebDriver::builder(&self.url, capabilities).client(client).await?;
        browser.set_poller(Arc::new(ElementPollerWithTimeout::new(PATIENCE, LOOK_AGAIN)));
        Ok(browser)
    }

    fn chromium(&self, profile: Option<&str>) -> Result<Capabilities> {
        let mut capabilities = DesiredCapabilities::chrome();
        capabilities.set_binary(self.browser.to_str().context("the browser's path is not UTF-8")?)?;
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
        if let Some(folder) = profile {
            // Chromedriver lets such a browser exit normally, so that it writes its data to disk.
            capabilities.add_arg(&format!("--user-data-dir={folder}"))?;
        }
        // The driver would disable the cache that real browsers use for Back.
        capabilities.add_exclude_switch("disable-back-forward-cache")?;
        // Tests read what the browser writes to its console.
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        Ok(capabilities.into())
    }

    fn firefox(&self, profile: Option<&str>) -> Capabilities {
        let mut arguments = vec!["-headless", "-width=1000", "-height=800"];
        arguments.extend(profile.into_iter().flat_map(|folder| ["-profile", folder]));
        let options = json!({
            "binary": self.browser,
            "args": arguments,
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

/// Starts a virtual screen, and sets the command's variable for it. The screen chooses a free number itself.
fn screen(toolbox: &Toolbox, command: &mut Command) -> Result<Child> {
    let numbers = tempfile::NamedTempFile::new().context("creating a temporary file")?;
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
