//! Requests to a server from outside, with `curl`.

use std::io::Read as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The limit for a response, in bytes, well above any expected one.
const LARGEST: u64 = 16 * 1024 * 1024;

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The first value of a header. `name` is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

#[cfg(test)]
impl Answer {
    /// A response for tests.
    pub(crate) fn of(status: u16, headers: &[(&str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { status, headers, body: Vec::new() }
    }
}

/// Connects to another host instead of the one that a name resolves to. The certificate must still be for that name.
#[derive(Debug)]
pub(crate) struct Detour {
    pub(crate) host: String,
    pub(crate) by: String,
}

/// Sends a request with these headers, and with a body if there is one.
///
/// # Errors
/// If there is no complete response, or it is too large.
pub(crate) fn ask(method: &str, url: &str, headers: &[(&str, &str)], body: Option<&str>) -> Result<Answer> {
    ask_by(None, method, url, headers, body)
}

/// The same, with a host that is reached at another one.
///
/// # Errors
/// As [`ask`].
pub(crate) fn ask_by(
    detour: Option<&Detour>,
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Result<Answer> {
    let mut curl = Command::new("curl");
    if let Some(Detour { host, by }) = detour {
        // Without ports, the port is unchanged.
        curl.args(["--connect-to", &format!("{host}::{by}:")]);
    }
    curl.args(["--silent", "--show-error", "--max-time", "20", "--dump-header", "-", "--request", method]);
    curl.args(["--proto", "=http,https", "--url", url]);
    for (name, value) in headers {
        curl.args(["--header", &format!("{name}: {value}")]);
    }
    if let Some(body) = body {
        curl.args(["--data-binary", body]);
    }
    curl.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut curl = curl.spawn().context("starting curl")?;
    let mut answer = Vec::new();
    let output = curl.stdout.take().context("its output is piped")?;
    output.take(LARGEST).read_to_end(&mut answer).context("reading from curl")?;
    if answer.len() as u64 == LARGEST {
        curl.kill().context("ending curl")?;
    }
    let ended = curl.wait_with_output().context("waiting for curl")?;
    if answer.len() as u64 == LARGEST {
        bail!("the response of {url} has more than {} MiB", LARGEST / 1024 / 1024);
    }
    if !ended.status.success() {
        bail!("{}", String::from_utf8_lossy(&ended.stderr).trim());
    }
    read(&answer).with_context(|| format!("reading the response of {url}"))
}

/// Parses the heads and the body as `curl --dump-header -` writes them, in sequence.
fn read(mut bytes: &[u8]) -> Result<Answer> {
    loop {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").context("the headers have no end")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        bytes = &bytes[end + 4..];
        let mut lines = head.lines();
        let status =
            lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).context("there is no status")?;
        if (100..200).contains(&status) {
            continue; // An interim response: the final one follows.
        }
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        };
        return Ok(Answer { status, headers: lines.filter_map(header).collect(), body: bytes.to_vec() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detour_keeps_the_host_header() {
        use std::io::Write as _;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let served = std::thread::spawn(move || {
            let (mut connection, _) = listener.accept().expect("a connection");
            let mut request = [0; 4096];
            let length = connection.read(&mut request).expect("a request");
            connection.write_all(b"HTTP/1.1 204 x\r\n\r\n").expect("it is read");
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        // This domain never resolves (RFC 2606).
        let detour = Detour { host: "login.invalid".to_owned(), by: "127.0.0.1".to_owned() };
        let url = format!("http://login.invalid:{port}/x");
        assert_eq!(ask_by(Some(&detour), "GET", &url, &[], None).expect("an answer").status, 204);
        let request = served.join().expect("it does not panic");
        assert!(request.contains(&format!("Host: login.invalid:{port}\r\n")), "{request}");
        assert!(ask("GET", &url, &[], None).is_err());
    }

    #[test]
    fn response_is_its_last_head_and_the_body() {
        let answer =
            read(b"HTTP/2 103 \r\nlink: x\r\n\r\nHTTP/2 200 \r\nContent-Type:  text/html\r\nx: a:b\r\n\r\n<p>\r\n\r\n")
                .expect("it is complete");
        assert_eq!((answer.status, answer.text().as_str()), (200, "<p>\r\n\r\n"));
        assert_eq!((answer.header("content-type"), answer.header("x")), (Some("text/html"), Some("a:b")));
        assert_eq!(answer.header("link"), None);
        assert!(read(b"HTTP/1.1 200 OK\r\n").is_err());
    }
}
