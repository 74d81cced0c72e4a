//! A server that answers every request with the same bytes, such as an edge, the platform or a proxy may send in place
//! of the function's response.

use std::io::Read as _;

use anyhow::Result;
use emulator::wire::Server;

pub struct Canned {
    url: String,
    _server: Server,
}

impl Canned {
    pub async fn start(bytes: Vec<u8>) -> Result<Self> {
        Ok(Self::on(Server::canned(bytes)?))
    }

    /// A server that accepts requests and never responds.
    pub async fn silent() -> Result<Self> {
        let server = Server::start(|mut socket| while matches!(socket.read(&mut [0; 1024]), Ok(1..)) {});
        Ok(Self::on(server?))
    }

    fn on(server: Server) -> Self {
        Self { url: server.url(), _server: server }
    }

    /// A response with this media type.
    pub fn answer(status: u16, media_type: &str, body: &str) -> Vec<u8> {
        let len = body.len();
        format!(
            "HTTP/1.1 {status} Status\r\ncontent-type: {media_type}\r\ncontent-length: {len}\r\nconnection: close\r\n\r\n{body}"
        )
        .into_bytes()
    }

    pub fn json(status: u16, body: &str) -> Vec<u8> {
        Self::answer(status, "application/json", body)
    }

    pub fn html(status: u16, body: &str) -> Vec<u8> {
        Self::answer(status, "text/html", body)
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}
