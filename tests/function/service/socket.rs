//! An upstream at the level of bytes: a script of what it does with each connection, for what no HTTP library would do.

use std::time::Duration;

use emulator::aniapi::CLIENT_SECRET;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;

use crate::bench::{Answer, Function, REDIRECT_URI, env, post};

/// So long no function takes to answer or to hang up; without it a test that should fail would hang instead.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the kernel may hold of a flood on its way: nobody has read more than this less that.
pub const FLOOD: usize = 16 << 20;

/// One thing that an upstream does. After the last it closes the connection.
#[derive(Clone, Debug)]
pub enum Step {
    /// Reads a request's head.
    Read,
    /// Reads whatever comes first, once.
    Hear,
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends them again and again, as fast as they are taken, until the function hangs up.
    Flood(Vec<u8>),
    /// Sends them again and again, byte by byte, until the function hangs up.
    Drip(Vec<u8>),
    /// Waits until the function hangs up.
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

/// An upstream, and the function that asks it.
pub struct Upstream {
    scripts: Vec<Vec<Step>>,
    scheme: &'static str,
    timeout_ms: u32,
    calls: usize,
}

/// What came of it, on both sides.
pub struct Outcome {
    pub answers: Vec<Answer>,
    pub lines: Vec<Value>,
    /// What arrived, one a connection.
    pub heard: Vec<String>,
    /// How many bytes were sent by floods and drips.
    pub poured: usize,
}

impl Upstream {
    /// One that reads a request and goes on like this.
    pub fn that(steps: impl IntoIterator<Item = Step>) -> Self {
        Self::scripted([std::iter::once(Step::Read).chain(steps).collect()])
    }

    /// A script a connection; the last one serves every further connection.
    pub fn scripted(scripts: impl IntoIterator<Item = Vec<Step>>) -> Self {
        Self { scripts: scripts.into_iter().collect(), scheme: "http", timeout_ms: 20_000, calls: 1 }
    }

    /// The function has so much time for an exchange.
    pub fn within(self, timeout_ms: u32) -> Self {
        Self { timeout_ms, ..self }
    }

    /// The function is told to speak TLS.
    pub fn over_tls(self) -> Self {
        Self { scheme: "https", ..self }
    }

    /// The function is asked so often, one time after the other.
    pub fn asked(self, calls: usize) -> Self {
        Self { calls, ..self }
    }

    pub async fn call(self) -> Outcome {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        // Connections are accepted in order: when this one comes, nobody else is waiting.
        let last = TcpSocket::new_v4().expect("a socket");
        last.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
        let last_comes_from = last.local_addr().expect("it is bound");
        let scripts = self.scripts;
        let serving = tokio::spawn(async move {
            let mut conversations = JoinSet::new();
            loop {
                let (socket, from) = listener.accept().await.expect("it listens");
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
            answers.push(answer.await.expect("the function answers"));
        }
        let _last = last.connect(address).await.expect("it listens");
        let conversations = tokio::time::timeout(PATIENCE, serving).await.expect("the function hangs up");
        let (heard, poured): (Vec<_>, Vec<_>) = conversations.expect("the upstream did its part").into_iter().unzip();
        let lines = function.log().iter().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
        Outcome { answers, lines, heard, poured: poured.iter().sum() }
    }
}

impl Outcome {
    /// The one answer.
    #[track_caller]
    pub fn answer(&self) -> &Answer {
        let [answer] = &self.answers[..] else { panic!("one answer, not {}", self.answers.len()) };
        answer
    }

    /// How many requests arrived, over all connections.
    pub fn requests(&self) -> usize {
        self.heard.iter().map(|heard| heard.matches("POST /v1/oauth/token?").count()).sum()
    }

    /// Checks that it was refused so, after one connection with at most one request, and that nothing of theirs is told.
    #[track_caller]
    pub fn assert_refused(&self, status: u16, error: &str, case: &str) {
        self.answer().assert_refusal(status, error, "later", case);
        assert_eq!(self.heard.len(), 1, "one connection: {case}");
        assert!(self.requests() <= 1, "asked once: {case}");
        let told = format!("{}{:?}", String::from_utf8_lossy(&self.answer().body), self.lines);
        assert!(!told.contains("theirs") && !told.contains(CLIENT_SECRET), "{case}: {told}");
    }
}

/// What was heard, and how much was poured.
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

/// Reads once; `false` where the function has hung up.
async fn hear(socket: &mut TcpStream, heard: &mut Vec<u8>) -> bool {
    matches!(socket.read_buf(heard).await, Ok(read) if read > 0)
}
