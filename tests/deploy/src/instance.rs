//! Runs an instance of the function's program with the variables of one of its versions, as Lambda does.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;

use anyhow::{Context as _, Result, bail, ensure};
use function_tests::runtime_api::{Outcome, RuntimeApi};

/// The result of an invocation.
pub(crate) struct Invoked {
    /// The response, or why there is none.
    pub(crate) answer: Result<Vec<u8>>,
    /// What the function wrote to its log.
    pub(crate) log: String,
}

/// Invokes a new instance with an event.
pub(crate) fn invoke(variables: &BTreeMap<String, String>, event: &str) -> Result<Invoked> {
    let api = RuntimeApi::start()?;
    let address = api.address();
    let file = std::env::temp_dir().join(format!("instance-{}-{}.log", std::process::id(), address.port()));
    let log = fs::File::create(&file)?;
    let function = Command::new(program()?)
        .env_clear()
        .envs(variables)
        .envs([
            ("AWS_LAMBDA_RUNTIME_API", address.to_string().as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", "function"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ])
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()?;
    let watched = thread::spawn(move || watch(function, address));
    let answer = match api.invoke(event) {
        Ok(Outcome::Response(invocation)) => Ok(invocation.answer),
        Ok(Outcome::Error(error)) => Err(anyhow::anyhow!(error)),
        Err(error) => Err(error),
    };
    // Without the runtime API, the instance exits.
    drop(api);
    watched.join().ok().context("watching the instance")??;
    let log = fs::read_to_string(&file)?;
    fs::remove_file(file)?;
    Ok(Invoked { answer, log })
}

/// Reports the exit of an instance to the runtime API, because otherwise an invocation would wait for it forever.
fn watch(mut function: Child, api: SocketAddr) -> Result<()> {
    let status = function.wait()?;
    if let Ok(mut socket) = TcpStream::connect(api) {
        let text = status.to_string();
        let length = text.len();
        let request = format!("POST /2018-06-01/runtime/init/error HTTP/1.1\r\ncontent-length: {length}\r\n\r\n{text}");
        // The runtime API may be gone, which is the normal case.
        let _ = socket.write_all(request.as_bytes()).and_then(|()| socket.read(&mut [0; 256]));
    }
    Ok(())
}

/// The program, built from this workspace.
fn program() -> Result<&'static PathBuf> {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    if let Some(program) = PROGRAM.get() {
        return Ok(program);
    }
    let cargo = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--package", "function"])
        .current_dir(xtask::workspace())
        .output()?;
    ensure!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    // It is in the folder above this test program's.
    let this = std::env::current_exe()?;
    let folder = this.ancestors().nth(2).context("a test is in a folder")?;
    let program = folder.join(format!("function{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        bail!("{} was not built", program.display());
    }
    Ok(PROGRAM.get_or_init(|| program))
}
