//! Asking a server from outside, with `curl`, as anybody could.

use std::io::Read as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// More than anything that is asked for, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The one value of a header, its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A request with these headers, and a body where there is one.
///
/// # Errors
/// Where there was no answer at all, or no end of it.
pub(crate) fn ask(method: &str, url: &str, headers: &[(&str, &str)], body: Option<&str>) -> Result<Answer> {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--max-time", "20", "--dump-header", "-", "--request", method]);
    // The person's own settings and proxies for downloads are not what is to be tested.
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
        bail!("{url} answers with more than {} MiB", LARGEST / 1024 / 1024);
    }
    if !ended.status.success() {
        bail!("{}", String::from_utf8_lossy(&ended.stderr).trim());
    }
    read(&answer).with_context(|| format!("reading what {url} answered"))
}

/// Reads heads and body as `curl --dump-header -` writes them, after each other.
fn read(mut bytes: &[u8]) -> Result<Answer> {
    loop {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").context("no end of the headers")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        bytes = &bytes[end + 4..];
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).context("no status")?;
        if (100..200).contains(&status) {
            continue; // An interim answer: the last one follows.
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
    fn an_answer_is_its_last_head_and_what_follows() {
        let answer =
            read(b"HTTP/2 103 \r\nlink: x\r\n\r\nHTTP/2 200 \r\nContent-Type:  text/html\r\nx: a:b\r\n\r\n<p>\r\n\r\n")
                .expect("it is whole");
        assert_eq!((answer.status, answer.text().as_str()), (200, "<p>\r\n\r\n"));
        assert_eq!((answer.header("content-type"), answer.header("x")), (Some("text/html"), Some("a:b")));
        assert_eq!(answer.header("link"), None);
        assert!(read(b"HTTP/1.1 200 OK\r\n").is_err());
    }
}
