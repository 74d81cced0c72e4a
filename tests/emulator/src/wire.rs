//! A server at the level of bytes, for responses and measurements that HTTP libraries do not support. Its threads wait
//! for connections and read the requests on them. No thread is started for a connection, so that none starts during a
//! measurement.

use std::io::{self, Read, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

/// More simultaneous connections than any test or browser opens.
const CONNECTIONS: usize = 24;

/// Listens on its own port until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    closed: Arc<AtomicBool>,
}

impl Server {
    /// Handles each connection on its own thread.
    ///
    /// # Errors
    /// If no port is free.
    pub fn start(converse: impl Fn(TcpStream) + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let closed = Arc::new(AtomicBool::new(false));
        let converse = Arc::new(converse);
        for _ in 0..CONNECTIONS {
            let (listener, converse, over) = (listener.try_clone()?, Arc::clone(&converse), Arc::clone(&closed));
            thread::spawn(move || {
                while let Ok((socket, _)) = listener.accept()
                    && !over.load(Ordering::SeqCst)
                {
                    if socket.set_nodelay(true).is_ok() {
                        converse(socket);
                    }
                }
            });
        }
        Ok(Self { address, closed })
    }

    /// Answers the first request of every connection with these bytes, and closes the connection.
    ///
    /// # Errors
    /// As for [`Server::start`].
    pub fn canned(bytes: Vec<u8>) -> io::Result<Self> {
        Self::start(move |mut socket| {
            // Reads to the end of the request, because closing a socket with unread bytes would reset the connection. A
            // caller may have gone before the response.
            if matches!(Request::read(&mut socket), Ok(Some(_))) {
                let _ = socket.write_all(&bytes);
            }
        })
    }

    /// Its base address: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        // Its threads wait for connections, so they get some.
        for _ in 0..CONNECTIONS {
            let _ = TcpStream::connect(self.address);
        }
    }
}

/// A request, and the time at which its last byte arrived.
#[derive(Debug)]
pub struct Request {
    /// The request line and the headers.
    pub head: String,
    /// The body, as it was sent.
    pub body: Vec<u8>,
    /// Taken before the bytes are parsed.
    pub at: Instant,
}

impl Request {
    /// The path and the query.
    pub fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    /// Reads the next request of a connection. `None` if the other side has closed it.
    ///
    /// # Errors
    /// If the connection breaks, or if the bytes are not a request.
    pub fn read(connection: &mut impl Read) -> io::Result<Option<Self>> {
        let mut bytes = Vec::with_capacity(8 * 1024);
        let mut chunk = [0; 8 * 1024];
        loop {
            let length = connection.read(&mut chunk)?;
            let at = Instant::now();
            if length == 0 {
                return if bytes.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
            bytes.extend_from_slice(&chunk[..length]);
            // Callers do not pipeline requests.
            if let Some((head, body)) = whole(&bytes)? {
                return Ok(Some(Self { head: head.to_owned(), body: body.to_owned(), at }));
            }
        }
    }
}

/// Head and body of a request, once it is complete.
fn whole(bytes: &[u8]) -> io::Result<Option<(&str, &[u8])>> {
    let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = str::from_utf8(&bytes[..end]).map_err(|_| wrong("the head is not UTF-8"))?;
    let body = &bytes[end + 4..];
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    let complete = match (header("transfer-encoding"), header("content-length")) {
        // Only the last chunk is detected; chunks are not decoded.
        (Some(_), _) => body.ends_with(b"0\r\n\r\n"),
        (None, Some(length)) => body.len() >= length.parse().map_err(|_| wrong("Content-Length is not a number"))?,
        (None, None) => true,
    };
    Ok(complete.then_some((head, body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A connection from which these pieces arrive.
    struct Pieces(Vec<&'static str>);

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let piece = if self.0.is_empty() { "" } else { self.0.remove(0) };
            buffer[..piece.len()].copy_from_slice(piece.as_bytes());
            Ok(piece.len())
        }
    }

    #[test]
    fn request_in_pieces_is_read_to_its_end() {
        for (pieces, head, body) in [
            (vec!["GET /a HTTP/1.1\r\nhost: x\r\n\r\n"], "GET /a HTTP/1.1\r\nhost: x", ""),
            (vec!["GET /a HTTP/1.1\r\n", "host: x\r\n\r\n"], "GET /a HTTP/1.1\r\nhost: x", ""),
            (
                vec!["POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab", "cd"],
                "POST / HTTP/1.1\r\nContent-Length: 4",
                "abcd",
            ),
            (
                vec!["POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n", "2\r\nab\r\n", "0\r\n\r\n"],
                "POST / HTTP/1.1\r\ntransfer-encoding: chunked",
                "2\r\nab\r\n0\r\n\r\n",
            ),
        ] {
            let mut connection = Pieces(pieces.clone());
            let request = Request::read(&mut connection).expect("the request is valid").expect("there is a request");
            assert_eq!((&*request.head, str::from_utf8(&request.body)), (head, Ok(body)), "{pieces:?}");
            assert!(Request::read(&mut connection).expect("the connection ends cleanly").is_none());
        }
    }

    #[test]
    fn incomplete_request_is_an_error() {
        assert!(Request::read(&mut Pieces(vec!["POST / HTTP/1.1\r\ncontent-length: 4\r\n\r\nab"])).is_err());
        assert!(Request::read(&mut Pieces(vec!["GET / HTT"])).is_err());
    }
}
