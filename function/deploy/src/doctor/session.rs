//! The doctor's checks of sessions: who may send requests, and that no response for one person is cached for another.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use shared::session::SessionMode;

use super::Patient;
use super::checks::ensure_rejected;
use crate::hash::sha256;
use crate::web::Answer;

const PATH: &str = "/api/session";

/// The id of a session that does not exist.
const NO_SESSION: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// The function itself responds to each `GET /api/session`.
pub(super) fn state(patient: &Patient) -> Result<String> {
    let first = patient.get(PATH)?;
    ensure_state(patient, &first)?;
    // A cached response would show in a second request.
    ensure_state(patient, &patient.get(PATH)?)?;
    Ok(String::new())
}

fn ensure_state(patient: &Patient, answer: &Answer) -> Result<()> {
    ensure!(answer.status == 200, "{PATH} responds with {}: is the function up to date?", answer.status);
    let media_type = answer.header("content-type").unwrap_or_default();
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    ensure!(
        media_type.starts_with("application/json") && body.get("session").is_some(),
        "the response of {PATH} is not from the function"
    );
    ensure_not_cached(answer)?;
    let name = "content-security-policy";
    let (expected, found) = (patient.headers.api[name].to_str()?, answer.header(name).unwrap_or_default());
    ensure!(found == expected, "the header {name} of {PATH} is {found:?} and should be {expected:?}");
    ensure!(answer.header("set-cookie").is_none(), "a GET sets a cookie, which may be another person's");
    Ok(())
}

fn ensure_not_cached(answer: &Answer) -> Result<()> {
    ensure!(answer.header("cache-control") == Some("no-store"), "{PATH} may be cached");
    let is_hit = answer.header("x-cache").is_some_and(|how| how.starts_with("Hit") || how.starts_with("RefreshHit"));
    ensure!(!is_hit && answer.header("age").is_none(), "{PATH} comes from the edge's cache");
    Ok(())
}

/// The cookie is set when it should be, and in no later response.
pub(super) fn cookie(patient: &Patient) -> Result<String> {
    let mode = patient.app_config()?.session;
    let hash = sha256(b"");
    let headers = [("origin", patient.origin.as_str()), ("x-session", NO_SESSION), ("x-amz-content-sha256", &hash)];
    let ended = patient.ask("DELETE", &format!("{}{PATH}", patient.origin), &headers, None)?;
    ensure!(ended.status == 204, "DELETE {PATH} responds with {} without a session", ended.status);
    ensure_not_cached(&ended)?;
    let sets = ended.header("set-cookie").is_some();
    ensure!(
        sets == (mode != SessionMode::Tab),
        "DELETE {PATH} sets a cookie: {sets}, which is wrong in the mode {}",
        mode.as_str()
    );
    ensure_state(patient, &patient.get(PATH)?).context("after a cookie was set")?;
    Ok(format!(" ({})", mode.as_str()))
}

/// A request without an origin is rejected before any other check.
pub(super) fn no_origin(patient: &Patient) -> Result<String> {
    let hash = sha256(b"{}");
    for path in [PATH, "/api/token"] {
        let headers =
            [("content-type", "application/json"), ("x-session", NO_SESSION), ("x-amz-content-sha256", &hash)];
        let answer = patient.ask("POST", &format!("{}{path}", patient.origin), &headers, Some("{}"))?;
        ensure_rejected(&answer, 403, "origin_not_allowed")
            .with_context(|| format!("POST {path} without an origin"))?;
    }
    Ok(String::new())
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    const POLICY: &str = "content-security-policy: default-src 'none'; sandbox; frame-ancestors 'none'";

    /// The edge's response (status, headers and body) by request.
    type Edge = fn(&str) -> (u16, String, &'static str);

    type Check = fn(&Patient) -> Result<String>;

    fn head(headers: &[&str]) -> String {
        headers.iter().map(|header| format!("{header}\r\n")).collect()
    }

    fn healthy(asked: &str) -> (u16, String, &'static str) {
        let ours = ["cache-control: no-store", POLICY, "content-type: application/json"];
        match asked {
            "GET /api/config" => (200, head(&ours), r#"{"session":"cookie","providers":[]}"#),
            "GET /api/session" => (200, head(&ours), r#"{"session":null}"#),
            "DELETE /api/session" => (204, head(&[&ours[..2], &["set-cookie: x=; Max-Age=0"]].concat()), ""),
            _ => (403, head(&ours), r#"{"error":"origin_not_allowed"}"#),
        }
    }

    /// The result of a check at an edge; a faulty edge differs from a healthy one in one response.
    fn finding(check: Check, edge: Edge) -> Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.expect("a connection");
                let mut request = Vec::new();
                let mut piece = [0; 4096];
                while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                    let read = connection.read(&mut piece).expect("a request");
                    request.extend_from_slice(&piece[..read]);
                }
                let text = String::from_utf8_lossy(&request);
                let asked = text.split(" HTTP/").next().unwrap_or_default();
                let (status, headers, body) = edge(asked);
                let length = if status == 204 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
                let answer = format!("HTTP/1.1 {status} x\r\n{headers}{length}connection: close\r\n\r\n{body}");
                connection.write_all(answer.as_bytes()).expect("an answer");
            }
        });
        check(&Patient::new(&format!("http://127.0.0.1:{port}"), None)?)
    }

    #[test]
    fn healthy_edge_passes() {
        assert_eq!(finding(state, healthy).expect("it is healthy"), "");
        assert_eq!(finding(cookie, healthy).expect("it is healthy"), " (cookie)");
        assert_eq!(finding(no_origin, healthy).expect("it is healthy"), "");
    }

    #[test]
    fn each_fault_of_an_edge_is_detected() {
        let faults: [(Check, Edge, &str); 9] = [
            (state, |_| (404, head(&[]), "{}"), "responds with 404"),
            (state, |_| (200, head(&["content-type: text/html"]), "<p>"), "not from the function"),
            (
                state,
                |asked| (200, head(&[POLICY, "content-type: application/json"]), healthy(asked).2),
                "may be cached",
            ),
            (
                state,
                |asked| (200, healthy(asked).1 + "x-cache: Hit from cloudfront\r\n", healthy(asked).2),
                "from the edge's cache",
            ),
            (state, |asked| (200, healthy(asked).1 + "set-cookie: a=b\r\n", healthy(asked).2), "sets a cookie"),
            (state, |asked| (200, healthy(asked).1.replace("; sandbox", ""), healthy(asked).2), "should be"),
            (
                cookie,
                |asked| {
                    let (status, headers, body) = healthy(asked);
                    (status, headers.replace("set-cookie", "x-gone"), body)
                },
                "sets a cookie: false",
            ),
            (
                cookie,
                |asked| match healthy(asked) {
                    (200, headers, body) => (200, headers + "set-cookie: x=; Max-Age=0\r\n", body),
                    other => other,
                },
                "after a cookie was set",
            ),
            (no_origin, |asked| (200, healthy(asked).1, "{}"), "without an origin"),
        ];
        for (check, edge, words) in faults {
            let message = format!("{:#}", finding(check, edge).expect_err(words));
            assert!(message.contains(words), "{words}: {message}");
        }
    }
}
