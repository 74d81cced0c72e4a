//! The log: one JSON line for each request, with no text from the caller or the provider.

use std::io::Write as _;
use std::time::{Duration, SystemTime};

use serde::Serialize;
use shared::error::ErrorCode;

/// The log line of a request.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    /// When the response was ready: RFC 3339, UTC, milliseconds.
    pub time: String,
    /// The platform's id for the request, which error responses contain too.
    pub request_id: &'a str,
    /// The route, or `unknown`.
    pub route: &'static str,
    /// `ok` or the error's code.
    pub outcome: Outcome,
    /// The HTTP status of the response.
    pub status: u16,
    /// The id of the provider that the request was for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<&'a str>,
    /// How long the provider took, in milliseconds; `null` if no request was sent to it.
    pub upstream_ms: Option<u64>,
    /// The HTTP status of the provider's response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_status: Option<u16>,
    /// The error code in the provider's response, if it is a known one, or `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_error: Option<&'static str>,
    /// How long the whole request took, in milliseconds.
    pub total_ms: u64,
    /// What the operator should know in addition to the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'a str>,
    /// The function's version.
    pub version: &'static str,
    /// Whether this is the instance's first request (a cold start).
    pub cold: bool,
    /// The id of the trace that the platform has started (AWS X-Ray).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<&'a str>,
}

/// What is logged about requests to the provider. If there was more than one, the status is that of the first.
#[derive(Debug, Default)]
pub struct Upstream {
    /// The provider's id.
    pub provider: Option<String>,
    /// How long the provider took.
    pub time: Option<Duration>,
    /// The HTTP status of the provider's response.
    pub status: Option<u16>,
    /// The error code in the provider's response.
    pub error: Option<&'static str>,
    /// What failed without failing the whole request.
    pub detail: Option<&'static str>,
}

impl Upstream {
    /// Adds the duration of a request to the provider.
    pub fn took(&mut self, time: Duration) {
        self.time = Some(self.time.unwrap_or_default() + time);
    }
}

/// The trace id in the runtime's `Lambda-Runtime-Trace-Id`, if it has the documented form: `Root=1-`, then 8 and 24
/// hexadecimal digits.
pub fn trace_id(header: &str) -> Option<&str> {
    let id = header.split(';').find_map(|part| part.trim().strip_prefix("Root="))?;
    let (time, rest) = id.strip_prefix("1-")?.split_once('-')?;
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (time.len() == 8 && rest.len() == 24 && is_hex(time) && is_hex(rest)).then_some(id)
}

/// How a request ended.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// With success.
    Ok(OkWord),
    /// With an error.
    Error(ErrorCode),
}

/// The word `ok`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OkWord {
    /// `ok`.
    Ok,
}

impl Line<'_> {
    /// The current time, in the form that a line has it.
    pub fn now() -> String {
        humantime::format_rfc3339_millis(SystemTime::now()).to_string()
    }
}

/// Writes a line to standard output, from which Lambda collects it. If that fails, the response is still sent.
pub fn to_stdout(line: &Line<'_>) {
    let Ok(mut text) = serde_json::to_vec(line) else { return };
    text.push(b'\n');
    let _ = std::io::stdout().lock().write_all(&text);
}

/// Makes panics print only their location. Their message could quote secrets or the caller's input.
pub fn silence_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        let _ = writeln!(std::io::stderr(), "the function panicked at {place}");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_id_has_the_documented_form() {
        let id = "1-5759e988-bd862e3fe1be46a994272793";
        for (header, expected) in [
            (format!("Root={id};Parent=53995c3f42cd8ad8;Sampled=1"), Some(id)),
            (format!("Self=1-0-0;Root={id}"), Some(id)),
            (format!("Root={id}x"), None),
            ("Root=2-5759e988-bd862e3fe1be46a994272793".into(), None),
            ("Root=1-5759e988-bd862e3fe1be46a99427279g".into(), None),
            ("Root=".into(), None),
            (id.into(), None),
            (String::new(), None),
        ] {
            assert_eq!(trace_id(&header), expected, "{header}");
        }
    }
}
