//! A Lambda Runtime API for one instance of a function. It records when it is polled, when it delivers an event, and
//! when the response arrives: the benchmarks measure with it, and the tests of the binary run under it.

use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};

use emulator::wire::{Request, Server};

/// Longer than any function takes. Without this limit, a test that should fail would hang.
const PATIENCE: Duration = Duration::from_secs(60);
/// The time that Lambda would give an invocation.
const DEADLINE: Duration = Duration::from_secs(10);

/// The response to a function's response.
const ACCEPTED: &[u8] = b"HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ncontent-length: 0\r\n\r\n";

/// The platform of one instance.
#[derive(Debug)]
pub struct RuntimeApi {
    server: Server,
    events: Sender<Event>,
    reports: Receiver<Report>,
}

/// What an instance is invoked with.
#[derive(Debug)]
struct Event {
    body: String,
    /// In milliseconds since the Unix epoch, as the platform sends it.
    deadline: String,
}

/// What an instance does, from the platform's point of view.
#[derive(Debug)]
enum Report {
    /// It polls for its next event.
    Next(Instant),
    /// It has sent a response or an error.
    Outcome(Outcome),
    /// It has reported that it cannot start.
    InitError(String),
}

/// The outcome of an event.
#[derive(Debug)]
pub enum Outcome {
    /// A response.
    Response(Invocation),
    /// An error, for which the platform would send the response.
    Error(String),
}

/// How long an invocation took, and its response.
#[derive(Debug)]
pub struct Invocation {
    /// From the delivery of the event until the whole response was received.
    pub took: Duration,
    /// The body of the response.
    pub answer: Vec<u8>,
}

impl RuntimeApi {
    /// Starts a platform that no instance polls yet.
    ///
    /// # Errors
    /// If no port is free.
    pub fn start() -> Result<Self> {
        let (events, waiting) = mpsc::channel();
        let (sender, reports) = mpsc::channel();
        let api = Api { events: Mutex::new(waiting), handed: Mutex::new(None), reports: sender };
        let server = Server::start(move |socket| {
            // It fails when the instance closes the connection, which is how every connection ends.
            let _ = api.converse(socket);
        });
        Ok(Self { server: server.context("starting a Runtime API")?, events, reports })
    }

    /// The value for `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Waits until the instance polls for an event, and returns when it did.
    ///
    /// # Errors
    /// If it does something else, or nothing for too long.
    pub fn asked(&self) -> Result<Instant> {
        match self.hear()? {
            Report::Next(at) => Ok(at),
            other => bail!("the instance did not poll for an event: {other:?}"),
        }
    }

    /// Delivers an event to the instance and waits for the outcome.
    ///
    /// # Errors
    /// If there is no outcome.
    pub fn invoke(&self, event: &str) -> Result<Outcome> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.invoke_until(event, &(now + DEADLINE).as_millis().to_string())
    }

    /// Like [`RuntimeApi::invoke`], with a deadline in the form that the header has.
    ///
    /// # Errors
    /// As [`RuntimeApi::invoke`].
    pub fn invoke_until(&self, event: &str, deadline: &str) -> Result<Outcome> {
        let event = Event { body: event.to_owned(), deadline: deadline.to_owned() };
        self.events.send(event).ok().context("the Runtime API is gone")?;
        loop {
            match self.hear()? {
                // The poll that this event is the response to.
                Report::Next(_) => {}
                Report::Outcome(outcome) => return Ok(outcome),
                Report::InitError(error) => bail!("the instance does not start: {error}"),
            }
        }
    }

    fn hear(&self) -> Result<Report> {
        match self.reports.recv_timeout(PATIENCE).context("the instance does nothing")? {
            Report::InitError(text) => bail!("the instance failed: {text}"),
            report => Ok(report),
        }
    }
}

/// The state that all connections of an instance share.
struct Api {
    events: Mutex<Receiver<Event>>,
    /// When the last event was delivered. It is stored and not sent to another thread, because waking that thread would
    /// add to the measured time.
    handed: Mutex<Option<Instant>>,
    reports: Sender<Report>,
}

impl Api {
    /// Handles the requests of a connection.
    fn converse(&self, mut socket: TcpStream) -> io::Result<()> {
        while let Some(request) = Request::read(&mut socket)? {
            if request.target().ends_with("/invocation/next") {
                self.report(Report::Next(request.at))?;
                let event = locked(&self.events).recv().map_err(|_| gone())?;
                let answer = next(&event);
                *locked(&self.handed) = Some(Instant::now());
                socket.write_all(answer.as_bytes())?;
                continue;
            }
            let handed = locked(&self.handed).take();
            let text = || String::from_utf8_lossy(&request.body).into_owned();
            let report = match handed {
                Some(from) if request.target().ends_with("/response") => {
                    let took = request.at - from;
                    Report::Outcome(Outcome::Response(Invocation { took, answer: request.body }))
                }
                Some(_) if request.target().ends_with("/error") => Report::Outcome(Outcome::Error(text())),
                _ => Report::InitError(format!("{}: {}", request.target(), text())),
            };
            // This comes before the response, after which the instance may poll for the next event over another
            // connection.
            self.report(report)?;
            socket.write_all(ACCEPTED)?;
        }
        Ok(())
    }

    fn report(&self, report: Report) -> io::Result<()> {
        self.reports.send(report).map_err(|_| gone())
    }
}

fn gone() -> io::Error {
    io::ErrorKind::BrokenPipe.into()
}

/// Locks a mutex. The values are consistent after every statement, so a poisoned lock can be used.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The HTTP response that delivers an event.
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

    /// An instance that responds to each event with that event, or with an error if it is `fail`.
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
    fn each_event_is_delivered_once_and_its_outcome_returned() {
        let api = RuntimeApi::start().expect("a port is free");
        let instance = TcpStream::connect(api.address()).expect("the server listens");
        let instance = std::thread::spawn(move || echo(instance));
        for event in ["one", "fail", "two"] {
            api.asked().expect("the instance polls for an event");
            match api.invoke(event).expect("there is an outcome") {
                Outcome::Response(invocation) => assert_eq!(String::from_utf8_lossy(&invocation.answer), event),
                Outcome::Error(error) => assert_eq!((error.as_str(), event), ("fail", "fail")),
            }
        }
        instance.join().expect("the instance does not panic").expect("every request got a response");
    }

    #[test]
    fn failed_start_is_reported_with_its_message() {
        let api = RuntimeApi::start().expect("a port is free");
        let mut instance = TcpStream::connect(api.address()).expect("the server listens");
        let error = "POST /2018-06-01/runtime/init/error HTTP/1.1\r\ncontent-length: 6\r\n\r\nno key";
        instance.write_all(error.as_bytes()).expect("the server listens");
        let error = api.asked().expect_err("the instance did not poll").to_string();
        assert!(error.contains("/init/error: no key"), "{error}");
    }
}
