//! An upstream at the level of bytes. A script says what it does with each connection, including what no HTTP library
//! would do.

use std::time::Duration;

use emulator::aniapi::CLIENT_SECRET;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;

use crate::bench::{Answer, Function, REDIRECT_URI, env, post};

/// Longer than any function takes to respond or to close a connection. Without this limit, a test that should fail
/// would hang.
const PATIENCE: Duration = Duration::from_secs(30);

/// A limit for the bytes of a flood that the function accepts, including those in the kernel's buffers.
pub const FLOOD: usize = 16 << 20;

/// A step of an upstream's script. After the last step, it closes the connection.
#[derive(Clone, Debug)]
pub enum Step {
    /// Reads a request's head.
    Read,
    /// Reads once, whatever arrives.
    Hear,
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes repeatedly, as fast as they are accepted, until the function closes the connection.
    Flood(Vec<u8>),
    /// Sends these bytes repeatedly, byte by byte, until the function closes the connection.
    Drip(Vec<u8>),
    /// Waits until the function closes the connection.
    Wait,
    /// Resets the connection.
    Reset,
}

pub fn send(bytes: impl AsRef<[u8]>) -> Step {
    Step::Send(bytes.as_ref().to_vec())
}

pub fn flood(bytes: impl AsRef<[u8]>) -> Step {
    Step::Flood(bytes.as_ref().to_vec())
}

pub fn drip(bytes: impl AsRef<[u8]>) -> Step {
    Step::Drip(bytes.as_ref().to_vec())
}

/// An upstream, and the function that sends requests to it.
pub struct Upstream {
    scripts: Vec<Vec<Step>>,
    scheme: &'static str,
    timeout_ms: u32,
    calls: usize,
}

/// The outcome, on both sides.
pub struct Outcome {
    pub answers: Vec<Answer>,
    pub lines: Vec<Value>,
    /// The received bytes, one entry for each connection.
    pub heard: Vec<String>,
    /// The number of bytes that floods and drips have sent.
    pub poured: usize,
}

impl Upstream {
    /// An upstream that reads a request and then performs these steps.
    pub fn that(steps: impl IntoIterator<Item = Step>) -> Self {
        Self::scripted([std::iter::once(Step::Read).chain(steps).collect()])
    }

    /// An upstream with a script for each connection. The last script is used for all further connections.
    pub fn scripted(scripts: impl IntoIterator<Item = Vec<Step>>) -> Self {
        Self { scripts: scripts.into_iter().collect(), scheme: "http", timeout_ms: 20_000, calls: 1 }
    }

    /// Sets the function's timeout for an exchange.
    pub fn within(self, timeout_ms: u32) -> Self {
        Self { timeout_ms, ..self }
    }

    /// Makes the function use TLS.
    pub fn over_tls(self) -> Self {
        Self { scheme: "https", ..self }
    }

    /// Sets the number of consecutive requests to the function.
    pub fn asked(self, calls: usize) -> Self {
        Self { calls, ..self }
    }

    pub async fn call(self) -> Outcome {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the socket is bound");
        // Connections are accepted in order: when this one is accepted, no other one is waiting.
        let last = TcpSocket::new_v4().expect("a socket can be created");
        last.bind("127.0.0.1:0".parse().expect("a valid address")).expect("a port is free");
        let last_comes_from = last.local_addr().expect("the socket is bound");
        let scripts = self.scripts;
        let serving = tokio::spawn(async move {
            let mut conversations = JoinSet::new();
            loop {
                let (socket, from) = listener.accept().await.expect("the server listens");
                if from == last_comes_from {
                    break;
                }
                let at = conversations.len().min(scripts.len() - 1);
                let order = conversations.len();
                let script = scripts[at].clone();
                conversations.spawn(async move { (order, converse(socket, script).await) });
            }
            let mut all = conversations.join_all().await;
            all.sort_by_key(|(order, _)| *order);
            all.into_iter().map(|(_, heard_and_poured)| heard_and_poured).collect::<Vec<_>>()
        });

        let mut env = env(&format!("{}://{address}", self.scheme));
        env.insert("OAUTH_TIMEOUT_MS", self.timeout_ms.to_string().into());
        let function = Function::new(&env);
        let mut answers = Vec::new();
        for _ in 0..self.calls {
            let body = json!({ "provider": "aniapi", "code": "c0de", "redirect_uri": REDIRECT_URI });
            let answer = tokio::time::timeout(PATIENCE, function.call(post(&body)));
            answers.push(answer.await.expect("the function responds"));
        }
        let _last = last.connect(address).await.expect("the server listens");
        let conversations = tokio::time::timeout(PATIENCE, serving).await.expect("the function closes the connection");
        let (heard, poured): (Vec<_>, Vec<_>) = conversations.expect("the upstream ran its script").into_iter().unzip();
        let lines = function.log().iter().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
        Outcome { answers, lines, heard, poured: poured.iter().sum() }
    }
}

impl Outcome {
    /// The only response.
    #[track_caller]
    pub fn answer(&self) -> &Answer {
        let [answer] = &self.answers[..] else { panic!("one response, not {}", self.answers.len()) };
        answer
    }

    /// The number of requests that were received over all connections.
    pub fn requests(&self) -> usize {
        self.heard.iter().map(|heard| heard.matches("POST /v1/oauth/token?").count()).sum()
    }

    /// Asserts that the response is this error, that there was one connection with at most one request, and that
    /// neither a secret nor text of the upstream is returned or logged.
    #[track_caller]
    pub fn assert_refused(&self, status: u16, error: &str, case: &str) {
        self.answer().assert_refusal(status, error, "later", case);
        assert_eq!(self.heard.len(), 1, "one connection: {case}");
        assert!(self.requests() <= 1, "at most one request: {case}");
        let shown = format!("{}{:?}", String::from_utf8_lossy(&self.answer().body), self.lines);
        assert!(!shown.contains("theirs") && !shown.contains(CLIENT_SECRET), "{case}: {shown}");
    }
}

/// Performs a script. Returns the bytes received, and the number of bytes that floods and drips sent.
async fn converse(mut socket: TcpStream, script: Vec<Step>) -> (String, usize) {
    let (mut heard, mut poured) = (Vec::new(), 0);
    for step in script {
        match step {
            Step::Read => {
                let before = heard.len();
                while !heard[before..].ends_with(b"\r\n\r\n") && hear(&mut socket, &mut heard).await {}
            }
            Step::Hear => drop(hear(&mut socket, &mut heard).await),
            Step::Send(bytes) => drop(socket.write_all(&bytes).await),
            Step::Flood(bytes) => {
                let bytes = bytes.repeat(4096 / bytes.len() + 1);
                while socket.write_all(&bytes).await.is_ok() {
                    poured += bytes.len();
                }
            }
            Step::Drip(bytes) => {
                for byte in bytes.into_iter().cycle() {
                    if socket.write_all(&[byte]).await.is_err() {
                        break;
                    }
                    poured += 1;
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
            Step::Wait => while hear(&mut socket, &mut heard).await {},
            Step::Reset => drop(socket.set_zero_linger()),
        }
    }
    (String::from_utf8_lossy(&heard).into_owned(), poured)
}

/// Reads once; returns `false` if the function has closed the connection.
async fn hear(socket: &mut TcpStream, heard: &mut Vec<u8>) -> bool {
    matches!(socket.read_buf(heard).await, Ok(read) if read > 0)
}
