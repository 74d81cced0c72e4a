//! `cargo xtask dev` as a newcomer runs it: in a fresh copy of the source, on other ports. It becomes ready, a person
//! logs in, a change of the source appears in the open page, an error is printed once, and Ctrl-C leaves nothing
//! running.
//!
//! The copy is kept in `target/dev-tree` with its build output, so that the next run is faster.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use browser::driver::{Driver, Engine};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::ElementQueryable as _;
use thirtyfour::{By, WebDriver};
use xtask::process::{self, Output};
use xtask::tools::{self, Tool};
use xtask::{documented, workspace};

/// Timeout of a step; the first build takes some minutes.
const PATIENCE: Duration = Duration::from_secs(8 * 60);

/// A variable in the environment of every process that `dev` starts.
const MARK: &str = "DEV_TEST_MARK";

/// Not part of the source.
const NOT_COPIED: [&str; 5] = ["target", ".git", "node_modules", "corpus", ".env"];

#[tokio::test(flavor = "multi_thread")]
async fn dev_starts_logs_in_reloads_on_changes_and_stops() -> Result<()> {
    let tree = Tree::copy()?;
    let port = free_port()?;
    let mut dev = Dev::start(&tree, documented("cargo xtask dev"), &["--port", &port.to_string()])?;
    dev.until("ready after")?;
    dev.until("demo@aniapi.test / demo")?;

    let toolbox = tools::ensure(&[Tool::Chromium])?;
    let driver = Driver::start(Engine::Chromium, &toolbox, &workspace().join("target/e2e")).await?;
    let browser = driver.browser().await?;
    browser.goto(format!("http://localhost:{port}/")).await?;
    see(&browser, "//button[contains(., 'Log in with AniAPI')]").await?.click().await?;
    for (id, text) in [("email", "demo@aniapi.test"), ("password", "demo")] {
        see(&browser, &format!("//input[@id='{id}']")).await?.send_keys(text).await?;
    }
    see(&browser, "//*[@id='login']").await?.click().await?;
    see(&browser, "//h1[. = 'demo']").await?;

    // The open page shows the change; the person is still signed in.
    tree.edit("frontend/src/texts/en.rs", "log_out: \"Log out\"", "log_out: \"Leave the app\"")?;
    see(&browser, "//button[. = 'Leave the app']").await?;
    dev.until("open pages reload")?;

    // Both programs compile `shared`, and its error is printed once.
    tree.edit("shared/src/lib.rs", "#![no_std]", "#![no_std]\nfn broken() { missing }")?;
    dev.until("cannot find value `missing`")?;
    dev.until("command exited")?;
    dev.until("error from build pipeline")?;
    let errors = dev.lines.iter().filter(|line| line.contains("cannot find value `missing`")).count();
    ensure!(errors == 1, "the error is printed {errors} times");
    tree.edit("shared/src/lib.rs", "\nfn broken() { missing }", "")?;
    let api = format!("http://localhost:{port}/api");
    until(async || status(&format!("{api}/health")).await == Some(204)).await?;

    // The function is compiled again, too, and requests reach the new one.
    tree.edit("function/src/routes.rs", "=> \"/api/health\"", "=> \"/api/health-of-another-name\"")?;
    until(async || status(&format!("{api}/health-of-another-name")).await == Some(204)).await?;

    // A function that is killed is started again.
    dev.kill("target/debug/function")?;
    until(async || status(&format!("{api}/health-of-another-name")).await == Some(204)).await?;

    browser.quit().await?;
    dev.interrupt()
}

#[tokio::test]
async fn dev_runs_other_providers_and_env_files() -> Result<()> {
    let tree = Tree::copy()?;
    let port = free_port()?;
    let mut dev = Dev::start(&tree, documented("cargo xtask dev --provider github"), &["--port", &port.to_string()])?;
    dev.until("GitHub *")?;
    let uri = format!("http://localhost:{port}/auth/github");
    ensure!(dev.variable("OAUTH_REDIRECT_URIS")? == uri);
    let config = config(port).await?;
    ensure!(config["providers"][0]["redirect_uris"] == json!([uri]), "{config}");
    // The default, with a key that is made at the first start, outside the source.
    ensure!(dev.variable("OAUTH_SESSION")? == "cookie");
    let file = tree.state.path().join("aniapi-login/session-key");
    let key = fs::read_to_string(&file).context("reading the key")?.trim().to_owned();
    ensure!(fs::metadata(&file)?.permissions().mode() & 0o777 == 0o600);
    ensure!(dev.variable("OAUTH_SESSION_KEY")? == key);
    ensure!(!dev.lines.iter().any(|line| line.contains(&key)), "the key is printed");
    dev.interrupt()?;

    ensure!(tree.command(documented("cp .env.example .env")).status()?.success(), "copying .env.example failed");
    let uris = "OAUTH_REDIRECT_URIS=https://app.example/auth,http://localhost:3000/auth\nOAUTH_SESSION=tab";
    tree.edit(".env", "OAUTH_REDIRECT_URIS=http://localhost:3000/auth", uris)?;
    let port = free_port()?;
    let flags = ["--port", &port.to_string(), "--session", "proxy"];
    let mut dev = Dev::start(&tree, documented("cargo xtask dev --env-file .env"), &flags)?;
    dev.until("Ctrl-C stops everything")?;
    ensure!(!dev.lines.iter().any(|line| line.contains("an emulator")), "{:?}", dev.lines);
    // Only redirect URIs on this machine, on the app's port; the flag takes precedence over the file; the key is the
    // same.
    ensure!(dev.variable("OAUTH_REDIRECT_URIS")? == format!("http://localhost:{port}/auth"));
    ensure!(dev.variable("OAUTH_SESSION")? == "proxy" && dev.variable("OAUTH_SESSION_KEY")? == key);
    dev.interrupt()
}

/// Emulator, function and app, each started by hand as the README says.
#[tokio::test]
async fn parts_can_be_run_by_hand() -> Result<()> {
    let toolbox = tools::ensure(tools::DEV)?;
    let tree = Tree::copy()?;
    let port = free_port()?;
    let (site, provider, function) = (port.to_string(), (port + 1000).to_string(), (port + 6000).to_string());

    let redirect_uri = format!("http://localhost:{site}/auth");
    let mut emulator = tree.command(documented("cargo run -p emulator"));
    emulator.args(["--", "--port", &provider, "--redirect-uri", &redirect_uri]);
    let _emulator = tree.start(emulator, "emulator")?;
    let url = format!("http://localhost:{provider}");
    until(async || status(&url).await.is_some()).await?;
    let fault = format!("{url}/_emulator/fault");
    let mut curl = tree.command(documented("curl -X PUT"));
    curl.args([&fault, "--silent", "--fail", "-d", r#"{"at":"token","fault":"delay","ms":3000}"#]);
    ensure!(curl.status()?.success(), "setting a fault failed");
    let mut curl = tree.command(documented("curl -X DELETE"));
    ensure!(
        curl.args([&format!("{url}/_emulator"), "--silent", "--fail"]).status()?.success(),
        "resetting the emulator failed"
    );

    ensure!(tree.command(documented("cp .env.example .env")).status()?.success(), "copying .env.example failed");
    tree.edit(".env", "localhost:3000", &format!("localhost:{site}"))?;
    for variable in ["AUTHORIZE", "TOKEN", "PROFILE"] {
        tree.edit(
            ".env",
            &format!("#OAUTH_{variable}_URL=http://localhost:4000"),
            &format!("OAUTH_{variable}_URL={url}"),
        )?;
    }
    let mut watch =
        tree.command(documented("cargo lambda watch -p function --disable-cors -A 127.0.0.1 --env-file .env"));
    watch.args(["-P", &function]).env("PATH", toolbox.path_env());
    let _function = tree.start(watch, "function")?;
    let mut serve = tree.command(documented("trunk serve"));
    tree.edit("frontend/Trunk.toml", "http://127.0.0.1:9000/api/", &format!("http://127.0.0.1:{function}/api/"))?;
    serve.args(["--port", &site]);
    serve.current_dir(tree.root.join("frontend")).env("PATH", toolbox.path_env());
    serve.env("CARGO_TARGET_DIR", tree.root.join("target/app"));
    let _app = tree.start(serve, "app")?;
    let config = format!("http://localhost:{site}/api/config");
    until(async || status(&config).await == Some(200)).await?;
    until(async || status(&format!("http://localhost:{site}/")).await == Some(200)).await?;

    let mut invoke =
        tree.command(documented("cargo lambda invoke function -A 127.0.0.1 --data-file function/events/config.json"));
    let output = invoke.args(["-P", &function]).env("PATH", toolbox.path_env()).output()?;
    let answer = String::from_utf8_lossy(&output.stdout);
    ensure!(answer.contains("\"statusCode\":200") && answer.contains(&url), "{answer}");
    Ok(())
}

#[test]
fn port_in_use_is_reported_with_its_process() -> Result<()> {
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let port = taken.local_addr()?.port().min(59_000);
    let _other = TcpListener::bind(("127.0.0.1", port));
    let output = documented("cargo xtask dev").args(["--port", &port.to_string()]).output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    let own = format!("(process {})", std::process::id());
    ensure!(!output.status.success() && errors.contains(&own) && errors.contains(&port.to_string()), "{errors}");
    Ok(())
}

/// A port that is free together with the ones for the emulator and the function.
fn free_port() -> Result<u16> {
    let is_free = |port: &u16| [0, 1000, 6000].iter().all(|more| TcpListener::bind(("127.0.0.1", port + more)).is_ok());
    // Below the ephemeral ports.
    (20_000..26_000).step_by(7).find(is_free).context("no ports are free")
}

/// A copy of the source, for one test at a time.
struct Tree {
    root: PathBuf,
    /// Replaces the user's state folder.
    state: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Tree {
    /// Updates the copy. A file that is the same is not written, so that cargo does not compile it again.
    fn copy() -> Result<Self> {
        static TURN: Mutex<()> = Mutex::new(());
        // A test that failed before has left nothing here that matters.
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let root = workspace().join("target/dev-tree");
        fs::create_dir_all(&root)?;
        sync(&workspace(), &root)?;
        let _ = fs::remove_file(root.join(".env"));
        Ok(Self { root, state: tempfile::tempdir()?, _turn: turn })
    }

    fn edit(&self, file: &str, from: &str, to: &str) -> Result<()> {
        let path = self.root.join(file);
        let text = fs::read_to_string(&path).with_context(|| format!("reading {file}"))?;
        ensure!(text.contains(from), "{file} has no {from:?}");
        // One event for the programs that watch the file: with two, cargo-lambda can stop a build without starting the
        // next.
        let written = self.root.join("target/edited");
        fs::write(&written, text.replacen(from, to, 1)).with_context(|| format!("writing {}", written.display()))?;
        fs::rename(&written, &path).with_context(|| format!("replacing {file}"))
    }

    /// A documented command, in the copy.
    fn command(&self, mut command: Command) -> Command {
        command.current_dir(&self.root).env_remove("CARGO_TARGET_DIR").env("XDG_STATE_HOME", self.state.path());
        command
    }

    /// Starts a command that runs until it is dropped, with its output in a file.
    fn start(&self, command: Command, name: &str) -> Result<process::Child> {
        process::Child::spawn(command, name, Output::File(workspace().join(format!("target/e2e/by-hand-{name}.log"))))
    }
}

/// Makes a folder the same as another one.
fn sync(from: &Path, to: &Path) -> Result<()> {
    let is_source = |name: &std::ffi::OsStr| !NOT_COPIED.iter().any(|other| name == *other);
    for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let entry = entry?;
        if !is_source(&entry.file_name()) {
            continue;
        }
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            fs::create_dir_all(&to)?;
            sync(&from, &to)?;
        } else if fs::read(&to).ok() != Some(fs::read(&from)?) {
            fs::copy(&from, &to).with_context(|| format!("copying {}", from.display()))?;
        }
    }
    for entry in fs::read_dir(to)? {
        let entry = entry?;
        if is_source(&entry.file_name()) && !from.join(entry.file_name()).exists() {
            let gone = entry.path();
            if gone.is_dir() { fs::remove_dir_all(&gone)? } else { fs::remove_file(&gone)? }
        }
    }
    Ok(())
}

/// A running `cargo xtask dev`, in its own process group, as in a terminal.
struct Dev {
    child: Child,
    mark: String,
    output: Receiver<String>,
    /// Everything that it has printed.
    lines: VecDeque<String>,
    /// The same output in a file, to investigate a failure: `target/e2e/dev-PORT.log`.
    log: File,
    started: Instant,
}

impl Dev {
    fn start(tree: &Tree, command: Command, more: &[&str]) -> Result<Self> {
        let mark = format!("{}-{}", std::process::id(), more.join("-"));
        let mut child = tree
            .command(command)
            .args(more)
            .env(MARK, &mark)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("starting cargo")?;
        let (sender, output) = mpsc::channel();
        follow(child.stdout.take().context("its output is not piped")?, sender.clone());
        follow(child.stderr.take().context("its output is not piped")?, sender);
        fs::create_dir_all(workspace().join("target/e2e"))?;
        let log = File::create(workspace().join(format!("target/e2e/dev{}.log", more.join(""))))?;
        Ok(Self { child, mark, output, lines: VecDeque::new(), log, started: Instant::now() })
    }

    /// Waits for a line that contains this text; earlier lines count, too.
    fn until(&mut self, text: &str) -> Result<()> {
        let mut seen = 0;
        loop {
            while let Some(line) = self.lines.get(seen) {
                seen += 1;
                if line.contains(text) {
                    return Ok(());
                }
            }
            match self.output.recv_timeout(PATIENCE) {
                Ok(line) => {
                    if self.lines.is_empty() || line.contains("ready after") {
                        eprintln!("after {:.1} s: {}", self.started.elapsed().as_secs_f32(), line.trim());
                    }
                    writeln!(self.log, "{line}").context("writing the log")?;
                    self.lines.push_back(line);
                }
                Err(RecvTimeoutError::Timeout) => {
                    bail!("timeout while waiting for {text:?} after\n{}", self.last_lines())
                }
                Err(RecvTimeoutError::Disconnected) => bail!("it ended before {text:?}:\n{}", self.last_lines()),
            }
        }
    }

    fn last_lines(&self) -> String {
        let last: Vec<_> = self.lines.iter().skip(self.lines.len().saturating_sub(40)).map(String::as_str).collect();
        last.join("\n")
    }

    /// Kills its only process that runs this program.
    fn kill(&self, program: &str) -> Result<()> {
        let id = self.process(program)?.parse().ok().and_then(Pid::from_raw);
        kill_process(id.context("there is no process id")?, Signal::KILL).context("killing it")
    }

    /// Its only process that runs this program.
    fn process(&self, program: &str) -> Result<String> {
        let found = processes(&self.mark)?;
        let runs = |line: &&String| line.split_whitespace().nth(1).is_some_and(|first| first.ends_with(program));
        let [one] = found.iter().filter(runs).collect::<Vec<_>>()[..] else {
            bail!("expected one process of {program}: {found:?}")
        };
        Ok(one.split_whitespace().next().unwrap_or_default().to_owned())
    }

    /// A variable in the environment of the running function.
    fn variable(&self, name: &str) -> Result<String> {
        let function = self.process("target/debug/function")?;
        let start = format!("{name}=");
        let environment = if cfg!(target_os = "linux") {
            fs::read(format!("/proc/{function}/environ")).context("reading the function's environment")?
        } else {
            Command::new("ps").args(["-wwE", "-o", "command=", "-p", &function]).output().context("starting ps")?.stdout
        };
        let environment = String::from_utf8_lossy(&environment).into_owned();
        let value = environment.split(['\0', ' ']).find_map(|variable| variable.strip_prefix(&start));
        Ok(value.with_context(|| format!("the function has no {name}"))?.trim().to_owned())
    }

    /// Presses Ctrl-C, and checks that no process is left.
    fn interrupt(mut self) -> Result<()> {
        ensure!(processes(&self.mark)?.len() > 3, "the processes of `dev` were not found");
        let group = Pid::from_child(&self.child);
        kill_process_group(group, Signal::INT).context("sending the signal")?;
        let status = self.child.wait().context("waiting for it to end")?;
        let left = processes(&self.mark)?;
        ensure!(left.is_empty(), "left running: {left:?}");
        ensure!(status.success(), "it ended with {status}");
        Ok(())
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // After a failure, no process may outlive the test.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}

fn follow(pipe: impl Read + Send + 'static, sender: mpsc::Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            // The test may have ended.
            let _ = sender.send(String::from_utf8_lossy(&line).into_owned());
        }
    });
}

/// All processes that have a mark in their environment, each as its id and its command line.
fn processes(mark: &str) -> Result<Vec<String>> {
    let mark = format!("{MARK}={mark}");
    if cfg!(target_os = "linux") {
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc")?.flatten() {
            // A process may end during the search.
            let Ok(environment) = fs::read(entry.path().join("environ")) else { continue };
            if environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes()) {
                let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
                let line = String::from_utf8_lossy(&line).replace('\0', " ");
                found.push(format!("{} {line}", entry.file_name().display()));
            }
        }
        return Ok(found);
    }
    let output = Command::new("ps").args(["-axwwE", "-o", "pid=,command="]).output().context("starting ps")?;
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(lines.lines().filter(|line| line.contains(&mark)).map(str::to_owned).collect())
}

async fn see(browser: &WebDriver, xpath: &str) -> Result<thirtyfour::WebElement> {
    let element = browser.query(By::XPath(xpath)).wait(PATIENCE, Duration::from_millis(100)).first().await;
    element.with_context(|| format!("waiting for {xpath}"))
}

async fn until(is_so: impl AsyncFn() -> bool) -> Result<()> {
    let give_up = Instant::now() + PATIENCE;
    let mut look_again = tokio::time::interval(Duration::from_millis(200));
    while !is_so().await {
        look_again.tick().await;
        ensure!(Instant::now() < give_up, "timeout");
    }
    Ok(())
}

async fn config(port: u16) -> Result<Value> {
    let client = client().context("creating a client failed")?;
    let answer = client.get(format!("http://localhost:{port}/api/config")).send().await?;
    serde_json::from_slice(&answer.bytes().await?).context("the configuration is not JSON")
}

async fn status(url: &str) -> Option<u16> {
    Some(client()?.get(url).send().await.ok()?.status().as_u16())
}

fn client() -> Option<reqwest::Client> {
    // The client requires a TLS provider, although TLS is not used here. An error means that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().ok()
}
