//! A provider whose behaviour is selected by the code, and that records every code that it receives.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use emulator::wire::{Request, Server};
use socket2::SockRef;

/// A running provider.
pub struct Upstream {
    pub address: String,
    seen: Arc<Mutex<Vec<Asked>>>,
    _server: Server,
}

/// The relevant parts of a token request.
struct Asked {
    code: String,
    secret: String,
}

impl Upstream {
    pub async fn start() -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let remembered = Arc::clone(&seen);
        let server = Server::start(move |socket| converse(socket, &remembered)).expect("a port is free");
        Self { address: server.address().to_string(), seen, _server: server }
    }

    /// The codes that it has received, in order.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("the lock is not poisoned").iter().map(|asked| asked.code.clone()).collect()
    }

    /// The secrets that it has received with them.
    pub fn secrets(&self) -> Vec<String> {
        self.seen.lock().expect("the lock is not poisoned").iter().map(|asked| asked.secret.clone()).collect()
    }
}

/// Responds to requests until the function closes the connection.
fn converse(mut socket: TcpStream, seen: &Mutex<Vec<Asked>>) {
    while let Ok(Some(request)) = Request::read(&mut socket) {
        let parameter = |name: &str| {
            let rest = request.target().split(&format!("&{name}=")).nth(1);
            rest.and_then(|rest| rest.split('&').next()).expect("the parameter is there").to_owned()
        };
        let (code, secret) = (&*parameter("code"), parameter("client_secret"));
        seen.lock().expect("the lock is not poisoned").push(Asked { code: code.into(), secret });
        let answer = match code.split('-').next().unwrap_or_default() {
            "good" => envelope(200, code),
            "spent" => envelope(403, "code not valid"),
            "refused" => envelope(403, "client_secret content mismatch from registered client"),
            "senseless" => envelope(418, code),
            "garbage" => "hush\r\n\r\n".into(),
            "html" => answer("200 OK", "", "<html>hush</html>"),
            "redirect" => answer("302 Found", "location: /v1/oauth/token?code=good\r\n", ""),
            "compressed" => answer("200 OK", "content-encoding: gzip\r\n", &"hush".repeat(100_000)),
            "busy" => answer("429 Too Many Requests", "retry-after: 3\r\n", "hush"),
            "large" => answer("200 OK", "", &"hush".repeat(100_000)),
            "cut" => envelope(200, code).replace("content-length: ", "content-length: 9"),
            "silent" => String::new(),
            "slow" => envelope(200, code)[..20].into(),
            "reset" => return reset(&socket),
            other => panic!("unknown code: {other}"),
        };
        // The function may close the connection before the end.
        let _ = socket.write_all(answer.as_bytes());
        match code.split('-').next() {
            Some("cut") => return,
            // Until the function closes the connection.
            Some("silent" | "slow") => while matches!(socket.read(&mut [0; 64]), Ok(1..)) {},
            _ => {}
        }
    }
}

/// Resets the connection: with a linger time of zero, closing it sends a reset.
fn reset(socket: &TcpStream) {
    SockRef::from(socket).set_linger(Some(Duration::ZERO)).expect("the option can be set");
}

fn envelope(status: u16, data: &str) -> String {
    answer("200 OK", "", &format!(r#"{{"status_code":{status},"data":"{data}"}}"#))
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}
