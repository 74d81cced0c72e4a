//! The lower bound of the measurements: a static program with only the standard library, which does no more than
//! necessary. It cuts the code out of the event and the token out of the response by searching for the surrounding
//! text, checks nothing, and does not support TLS. No function in any language can do the exchange with less.

use std::io::{self, Read, Write};
use std::net::TcpStream;

fn main() -> io::Result<()> {
    let env = |name| std::env::var(name).map_err(io::Error::other);
    let token_url = env("OAUTH_TOKEN_URL")?;
    let client = [("client_id", env("OAUTH_CLIENT_ID")?), ("client_secret", env("OAUTH_CLIENT_SECRET")?)]
        .map(|(n, v)| format!("{n}={v}"));
    run(&env("AWS_LAMBDA_RUNTIME_API")?, &token_url, &client.join("&"))
}

/// Answers events until the platform closes the connection.
pub(crate) fn run(api: &str, token_url: &str, client: &str) -> io::Result<()> {
    let (provider, path) =
        token_url.trim_start_matches("http://").split_once('/').ok_or_else(|| wrong("path in the token URL"))?;
    let mut platform = connect(api)?;
    let mut upstream: Option<TcpStream> = None;
    loop {
        let next = format!("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: {api}\r\n\r\n");
        let event = ask(&mut platform, &next)?;
        let id = between(&event, "lambda-runtime-aws-request-id: ", "\r")?;
        // The body of an event is a JSON string, so its quotation marks are escaped.
        let code = between(&event, r#"\"code\":\""#, r#"\""#)?;
        let exchange = format!(
            "POST /{path}?{client}&code={code}&redirect_uri=https%3A%2F%2Fapp.example%2Fauth HTTP/1.1\r\n\
             host: {provider}\r\ncontent-length: 0\r\n\r\n"
        );
        let upstream = match &mut upstream {
            Some(open) => open,
            none => none.insert(connect(provider)?),
        };
        let envelope = ask(upstream, &exchange)?;
        let token = between(&envelope, r#""data":""#, "\"")?;
        let answer = format!(
            r#"{{"statusCode":200,"headers":{{"content-type":"application/json"}},"body":"{{\"access_token\":\"{token}\"}}"}}"#
        );
        let response = format!(
            "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nhost: {api}\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        );
        ask(&mut platform, &response)?;
    }
}

fn connect(address: &str) -> io::Result<TcpStream> {
    let socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    Ok(socket)
}

/// Sends a request, and reads the whole response.
fn ask(socket: &mut TcpStream, request: &str) -> io::Result<String> {
    socket.write_all(request.as_bytes())?;
    let mut answer = Vec::with_capacity(8 * 1024);
    let mut chunk = [0; 8 * 1024];
    loop {
        let length = socket.read(&mut chunk)?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        answer.extend_from_slice(&chunk[..length]);
        let text = std::str::from_utf8(&answer).map_err(io::Error::other)?;
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let wanted = between(head, "content-length: ", "\r").or_else(|_| between(head, "content-length: ", ""));
            if wanted?.parse() == Ok(body.len()) {
                return Ok(text.to_owned());
            }
        }
    }
}

/// The text between two strings; if the second one is empty, the text after the first.
fn between<'a>(text: &'a str, before: &str, after: &str) -> io::Result<&'a str> {
    let (_, rest) = text.split_once(before).ok_or_else(|| wrong(before))?;
    if after.is_empty() {
        return Ok(rest);
    }
    rest.split_once(after).map(|(found, _)| found).ok_or_else(|| wrong(after))
}

fn wrong(missing: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("there is no {missing}"))
}
