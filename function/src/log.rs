//! One JSON line a request, and nothing in it that a caller or the provider wrote.

use std::io::Write as _;
use std::time::SystemTime;

use serde::Serialize;
use shared::error::ErrorCode;

/// What is logged of a request.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    /// When the answer was ready: RFC 3339, UTC, milliseconds.
    pub time: String,
    /// The platform's id of the request; the caller was told it too.
    pub request_id: &'a str,
    /// The path, if it is one of ours.
    pub route: &'static str,
    /// `ok` or the error's code.
    pub outcome: Outcome,
    /// The HTTP status of the answer.
    pub status: u16,
    /// How long the exchange took, in milliseconds; `null` where there was none.
    pub upstream_ms: Option<u64>,
    /// How long the whole request took, in milliseconds.
    pub total_ms: u64,
    /// What the operator should know beside the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'a str>,
}

/// How a request ended.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// Well.
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
    /// The present, as a line says it.
    pub fn now() -> String {
        humantime::format_rfc3339_millis(SystemTime::now()).to_string()
    }
}

/// Writes a line to standard output, where Lambda collects it. A log that cannot be written must not cost an answer.
pub fn to_stdout(line: &Line<'_>) {
    let Ok(mut text) = serde_json::to_vec(line) else { return };
    text.push(b'\n');
    let _ = std::io::stdout().lock().write_all(&text);
}

/// Makes a panic say where it happened and not what about: its message may quote what was being read.
pub fn silence_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        let _ = writeln!(std::io::stderr(), "the function panicked at {place}");
    }));
}
