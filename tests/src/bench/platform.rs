//! A Lambda Runtime API of our own, which notes when it is asked, when it hands an event out, and when it is answered.

use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};

use super::server::{Request, Server};

/// So long nothing that is measured takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// What Lambda would give an invocation.
const DEADLINE: Duration = Duration::from_secs(10);

/// What an answer is answered with.
const ACCEPTED: &[u8] = b"HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ncontent-length: 0\r\n\r\n";

/// A platform for one instance of a function.
pub(super) struct Platform {
    server: Server,
    events: Sender<String>,
    told: Receiver<Told>,
}

/// What an instance does, as seen from here.
#[derive(Debug)]
enum Told {
    /// It asks for its next event.
    Next(Instant),
    /// It has answered.
    Answer(Invocation),
    /// It says that it cannot.
    Error(String),
}

/// How long an invocation took, and its answer.
#[derive(Debug)]
pub(super) struct Invocation {
    /// From handing the event out to having the whole answer.
    pub(super) took: Duration,
    /// What was answered.
    pub(super) answer: Vec<u8>,
}

impl Platform {
    /// A platform that nobody asks yet.
    pub(super) fn start() -> Result<Self> {
        let (events, waiting) = mpsc::channel();
        let (tell, told) = mpsc::channel();
        let api = Api { events: Mutex::new(waiting), handed: Mutex::new(None), tell };
        let server = Server::start(move |socket| {
            // It ends when the instance is gone, which is how each of them ends.
            let _ = api.converse(socket);
        });
        Ok(Self { server: server.context("starting a Runtime API")?, events, told })
    }

    /// As in `AWS_LAMBDA_RUNTIME_API`.
    pub(super) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Waits until the instance asks for an event, and says when it did.
    ///
    /// # Errors
    /// Where it does something else, or nothing for long.
    pub(super) fn asked(&self) -> Result<Instant> {
        match self.hear()? {
            Told::Next(at) => Ok(at),
            other => bail!("it was to ask for an event: {other:?}"),
        }
    }

    /// Hands an event to the instance, which has asked for one, and waits for the answer.
    ///
    /// # Errors
    /// Where there is none.
    pub(super) fn invoke(&self, event: &str) -> Result<Invocation> {
        self.events.send(event.to_owned()).context("the Runtime API is gone")?;
        match self.hear()? {
            Told::Answer(invocation) => Ok(invocation),
            other => bail!("it was to answer: {other:?}"),
        }
    }

    fn hear(&self) -> Result<Told> {
        match self.told.recv_timeout(PATIENCE).context("it says nothing")? {
            Told::Error(text) => bail!("it failed: {text}"),
            told => Ok(told),
        }
    }
}

/// What all connections of an instance share.
struct Api {
    events: Mutex<Receiver<String>>,
    /// When the last event went out. Nobody else is told of that: to wake them would be in what is measured.
    handed: Mutex<Option<Instant>>,
    tell: Sender<Told>,
}

impl Api {
    /// Answers call after call.
    fn converse(&self, mut socket: TcpStream) -> io::Result<()> {
        while let Some(Request { head, body, at }) = Request::read(&mut socket)? {
            let target = head.split(' ').nth(1).unwrap_or_default();
            if target.ends_with("/invocation/next") {
                self.tell(Told::Next(at))?;
                let event = locked(&self.events).recv().map_err(|_| gone())?;
                let answer = next(&event);
                *locked(&self.handed) = Some(Instant::now());
                socket.write_all(answer.as_bytes())?;
                continue;
            }
            let handed = locked(&self.handed).take();
            let told = match handed {
                Some(from) if target.ends_with("/response") => {
                    Told::Answer(Invocation { took: at - from, answer: body })
                }
                _ => Told::Error(format!("{target}: {}", String::from_utf8_lossy(&body))),
            };
            // Told first: with its answer in hand, it may ask for the next event over another connection.
            self.tell(told)?;
            socket.write_all(ACCEPTED)?;
        }
        Ok(())
    }

    fn tell(&self, told: Told) -> io::Result<()> {
        self.tell.send(told).map_err(|_| gone())
    }
}

fn gone() -> io::Error {
    io::ErrorKind::BrokenPipe.into()
}

/// Each of them is whole after every statement.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The answer that brings an event.
fn next(event: &str) -> String {
    // A clock before 1970 would be the smallest of its worries.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!(
        "HTTP/1.1 200 OK\r\n\
         content-type: application/json\r\n\
         lambda-runtime-aws-request-id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
         lambda-runtime-deadline-ms: {}\r\n\
         lambda-runtime-invoked-function-arn: arn:aws:lambda:eu-central-1:123456789012:function:function\r\n\
         lambda-runtime-trace-id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0\r\n\
         content-length: {}\r\n\r\n{event}",
        (now + DEADLINE).as_millis(),
        event.len()
    )
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::super::event::token_event;
    use super::super::floor;
    use super::super::provider::{CLIENT_ID, CLIENT_SECRET, Provider};
    use super::*;

    /// The floor, in this process, under a platform of its own.
    fn floor(provider: &Provider) -> Platform {
        let platform = Platform::start().expect("a free port");
        let (api, token_url) = (platform.address().to_string(), provider.token_url());
        let client = format!("client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}");
        // It ends when the platform does.
        thread::spawn(move || floor::run(&api, &token_url, &client));
        platform
    }

    #[test]
    fn an_instance_is_started_once_and_exchanges_each_code_that_it_is_handed() {
        let provider = Provider::start(Duration::ZERO).expect("a free port");
        let platform = floor(&provider);
        platform.asked().expect("it asks for its first event");
        for code in ["one", "two", "three"] {
            let invocation = platform.invoke(&token_event(code)).expect("it answers");
            platform.asked().expect("it asks for the next event");
            let answer = String::from_utf8(invocation.answer).expect("it is text");
            assert!(answer.contains(provider.token()), "{answer}");
        }
        provider.has_exchanged(3).expect("each code once");
        // One for the connection, and one for each exchange.
        assert_eq!(provider.theirs().trips, 4);
    }

    #[test]
    fn a_provider_far_away_is_waited_for_by_each_round_trip() {
        let round_trip = Duration::from_millis(5);
        let provider = Provider::start(round_trip).expect("a free port");
        let platform = floor(&provider);
        platform.asked().expect("it asks for its first event");
        for (code, round_trips) in [("first", 2), ("second", 1)] {
            let took = platform.invoke(&token_event(code)).expect("it answers").took;
            platform.asked().expect("it asks for the next event");
            let theirs = provider.theirs();
            assert_eq!(theirs.trips, round_trips, "{code}");
            // No clock is held to be quick here: only that what was waited for is in what was measured.
            let waited = theirs.under_way;
            assert!(round_trip * round_trips <= waited && waited <= took, "{code}: {waited:?} of {took:?}");
        }
    }

    #[test]
    fn an_instance_that_fails_is_told_with_what_it_said() {
        let provider = Provider::start(Duration::ZERO).expect("a free port");
        let platform = Platform::start().expect("a free port");
        let mut instance = TcpStream::connect(platform.address()).expect("it listens");
        let error = "POST /2018-06-01/runtime/init/error HTTP/1.1\r\ncontent-length: 6\r\n\r\nno key";
        instance.write_all(error.as_bytes()).expect("it listens");
        let told = platform.asked().expect_err("it asked for nothing").to_string();
        assert!(told.contains("/init/error: no key"), "{told}");
        assert!(provider.has_exchanged(0).is_ok());
    }
}
