//! A Lambda Runtime API for one instance of a function. It notes when it is asked, when it hands an event out, and when
//! that is answered: the benchmarks measure with it, and the tests of the binary run under it.

use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};

use emulator::wire::{Request, Server};

/// No function takes that long; without it, a test that should fail would hang.
const PATIENCE: Duration = Duration::from_secs(60);
/// What Lambda would give an invocation.
const DEADLINE: Duration = Duration::from_secs(10);

/// What an answer is answered with.
const ACCEPTED: &[u8] = b"HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ncontent-length: 0\r\n\r\n";

/// The platform of one instance.
#[derive(Debug)]
pub struct RuntimeApi {
    server: Server,
    events: Sender<Event>,
    told: Receiver<Told>,
}

/// What an instance is invoked with.
#[derive(Debug)]
struct Event {
    body: String,
    /// In milliseconds since 1970, as the platform says it.
    deadline: String,
}

/// What an instance does, as seen from here.
#[derive(Debug)]
enum Told {
    /// It asks for its next event.
    Next(Instant),
    /// It has answered, or said that it cannot.
    Outcome(Outcome),
    /// It has said that it cannot start.
    InitError(String),
}

/// What became of an event.
#[derive(Debug)]
pub enum Outcome {
    /// An answer.
    Response(Invocation),
    /// An error, which the platform answers for.
    Error(String),
}

/// How long an invocation took, and its answer.
#[derive(Debug)]
pub struct Invocation {
    /// From handing the event out to having the whole answer.
    pub took: Duration,
    /// What was answered.
    pub answer: Vec<u8>,
}

impl RuntimeApi {
    /// A platform that no instance asks yet.
    ///
    /// # Errors
    /// Where no port is free.
    pub fn start() -> Result<Self> {
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
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Waits until the instance asks for an event, and says when it did.
    ///
    /// # Errors
    /// Where it does something else, or nothing for long.
    pub fn asked(&self) -> Result<Instant> {
        match self.hear()? {
            Told::Next(at) => Ok(at),
            other => bail!("it was to ask for an event: {other:?}"),
        }
    }

    /// Hands an event to the instance and waits for what becomes of it.
    ///
    /// # Errors
    /// Where nothing does.
    pub fn invoke(&self, event: &str) -> Result<Outcome> {
        // A clock before 1970 would be the smallest of its worries.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.invoke_until(event, &(now + DEADLINE).as_millis().to_string())
    }

    /// The same with a deadline, as the header has it.
    ///
    /// # Errors
    /// As [`RuntimeApi::invoke`].
    pub fn invoke_until(&self, event: &str, deadline: &str) -> Result<Outcome> {
        let event = Event { body: event.to_owned(), deadline: deadline.to_owned() };
        self.events.send(event).ok().context("the Runtime API is gone")?;
        loop {
            match self.hear()? {
                // The one that this event answers.
                Told::Next(_) => {}
                Told::Outcome(outcome) => return Ok(outcome),
                Told::InitError(error) => bail!("it does not start: {error}"),
            }
        }
    }

    fn hear(&self) -> Result<Told> {
        match self.told.recv_timeout(PATIENCE).context("it does nothing")? {
            Told::InitError(text) => bail!("it failed: {text}"),
            told => Ok(told),
        }
    }
}

/// What all connections of an instance share.
struct Api {
    events: Mutex<Receiver<Event>>,
    /// When the last event went out. Only stored, not sent to another thread: waking one would add to the measured time.
    handed: Mutex<Option<Instant>>,
    tell: Sender<Told>,
}

impl Api {
    /// Answers call after call.
    fn converse(&self, mut socket: TcpStream) -> io::Result<()> {
        while let Some(request) = Request::read(&mut socket)? {
            if request.target().ends_with("/invocation/next") {
                self.tell(Told::Next(request.at))?;
                let event = locked(&self.events).recv().map_err(|_| gone())?;
                let answer = next(&event);
                *locked(&self.handed) = Some(Instant::now());
                socket.write_all(answer.as_bytes())?;
                continue;
            }
            let handed = locked(&self.handed).take();
            let text = || String::from_utf8_lossy(&request.body).into_owned();
            let told = match handed {
                Some(from) if request.target().ends_with("/response") => {
                    let took = request.at - from;
                    Told::Outcome(Outcome::Response(Invocation { took, answer: request.body }))
                }
                Some(_) if request.target().ends_with("/error") => Told::Outcome(Outcome::Error(text())),
                _ => Told::InitError(format!("{}: {}", request.target(), text())),
            };
            // Before the answer: with it in hand, the instance may ask for the next event over another connection.
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
fn next(Event { body, deadline }: &Event) -> String {
    format!(
        "HTTP/1.1 200 OK\r\n\
         content-type: application/json\r\n\
         lambda-runtime-aws-request-id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
         lambda-runtime-deadline-ms: {deadline}\r\n\
         lambda-runtime-invoked-function-arn: arn:aws:lambda:eu-central-1:123456789012:function:function\r\n\
         lambda-runtime-trace-id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An instance that answers each event with itself, unless it is `fail`.
    fn echo(mut connection: TcpStream) -> io::Result<()> {
        use std::io::Read as _;
        for _ in 0..3 {
            connection.write_all(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n")?;
            let mut heard = [0; 4096];
            let length = connection.read(&mut heard)?;
            let text = String::from_utf8_lossy(&heard[..length]).into_owned();
            let event = text.split("\r\n\r\n").nth(1).unwrap_or_default();
            let end = if event == "fail" { "error" } else { "response" };
            let head =
                format!("POST /2018-06-01/runtime/invocation/x/{end} HTTP/1.1\r\ncontent-length: {}", event.len());
            connection.write_all(format!("{head}\r\n\r\n{event}").as_bytes())?;
            connection.read_exact(&mut vec![0; ACCEPTED.len()])?;
        }
        Ok(())
    }

    #[test]
    fn each_event_is_handed_out_once_and_its_outcome_is_given() {
        let api = RuntimeApi::start().expect("a free port");
        let instance = TcpStream::connect(api.address()).expect("it listens");
        let instance = std::thread::spawn(move || echo(instance));
        for event in ["one", "fail", "two"] {
            api.asked().expect("it asks for an event");
            match api.invoke(event).expect("something becomes of it") {
                Outcome::Response(invocation) => assert_eq!(String::from_utf8_lossy(&invocation.answer), event),
                Outcome::Error(error) => assert_eq!((error.as_str(), event), ("fail", "fail")),
            }
        }
        instance.join().expect("it does not panic").expect("it was answered");
    }

    #[test]
    fn an_instance_that_cannot_start_is_reported_with_what_it_said() {
        let api = RuntimeApi::start().expect("a free port");
        let mut instance = TcpStream::connect(api.address()).expect("it listens");
        let error = "POST /2018-06-01/runtime/init/error HTTP/1.1\r\ncontent-length: 6\r\n\r\nno key";
        instance.write_all(error.as_bytes()).expect("it listens");
        let told = api.asked().expect_err("it asked for nothing").to_string();
        assert!(told.contains("/init/error: no key"), "{told}");
    }
}
