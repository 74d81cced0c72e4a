//! A server that answers every request with the same bytes: what an edge, a platform or somebody's proxy may say in the
//! function's place.

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub struct Canned {
    url: String,
    server: JoinHandle<()>,
}

impl Canned {
    pub async fn start(bytes: Vec<u8>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let server = tokio::spawn(async move {
            // It ends only by being aborted.
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(answer(socket, bytes.clone()));
            }
        });
        Ok(Self { url, server })
    }

    /// One that takes each request and never answers.
    pub async fn silent() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let server = tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok(taken) = listener.accept().await {
                held.push(taken);
            }
        });
        Ok(Self { url, server })
    }

    /// An answer of that media type.
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

/// Reads one request to its end, as closing over unread bytes would reset the connection, and answers it.
async fn answer(mut socket: TcpStream, bytes: Vec<u8>) {
    let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
    while !is_whole(&request) {
        match socket.read(&mut chunk).await {
            Ok(read @ 1..) => request.extend_from_slice(&chunk[..read]),
            _ => return,
        }
    }
    // Whoever does not wait for the answer does not get it.
    let _ = socket.write_all(&bytes).await;
    let _ = socket.shutdown().await;
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length:")).and_then(|len| len.trim().parse().ok());
    body.len() >= length.unwrap_or(0)
}

impl Drop for Canned {
    fn drop(&mut self) {
        self.server.abort();
    }
}
