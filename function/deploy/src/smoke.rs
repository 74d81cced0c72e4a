//! Checks that a version of the function starts and responds, before it becomes live.

use std::io::Write as _;

use anyhow::{Context as _, Result, bail, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use shared::config::AppConfig;
use tempfile::NamedTempFile;

use crate::lambda::{Function, Version};

/// The events for `GET /api/health` and `GET /api/config`, as the function URL would send them.
const HEALTH: &str = include_str!("../../events/health.json");
const CONFIG: &str = include_str!("../../events/config.json");

/// Prefixes of the platform's own lines in the log.
const PLATFORM: [&str; 5] = ["START ", "END ", "REPORT ", "INIT_REPORT ", "XRAY "];

/// Invokes the version as the distribution would, and returns the app's configuration.
///
/// # Errors
/// If it does not respond as expected; the error has its response and its log.
pub(crate) fn check(function: &Function<'_>, version: &Version) -> Result<AppConfig> {
    let health = invoke(function, version, HEALTH)?;
    ensure!(health.status == 204, "it responds with {} to GET /api/health{}", health.status, health.log());
    let config = invoke(function, version, CONFIG)?;
    ensure!(config.status == 200, "it responds with {} to GET /api/config{}", config.status, config.log());
    let app: AppConfig =
        serde_json::from_str(&config.body).context("its /api/config is not the app's configuration")?;
    ensure_matches(&app, |name| version.variable(name).map(str::to_owned))?;
    Ok(app)
}

/// Checks that the app's configuration matches the version's variables.
fn ensure_matches(app: &AppConfig, variable: impl Fn(&str) -> Option<String>) -> Result<()> {
    ensure!(!app.providers.is_empty(), "its /api/config names no provider");
    for provider in &app.providers {
        let own = format!("OAUTH_{}_CLIENT_ID", provider.id.to_ascii_uppercase());
        for name in [own.as_str(), "OAUTH_CLIENT_ID"] {
            let Some(expected) = variable(name) else { continue };
            ensure!(
                provider.client_id == expected,
                "its /api/config has another client id for {} than {name}",
                provider.id
            );
            break;
        }
    }
    let mode = variable("OAUTH_SESSION").filter(|mode| !mode.is_empty());
    ensure!(
        mode.is_none_or(|mode| mode == app.session.as_str()),
        "its /api/config has the session mode {:?}, which is not OAUTH_SESSION",
        app.session.as_str()
    );
    Ok(())
}

struct Reply {
    status: u64,
    body: String,
    /// The end of its log.
    tail: String,
}

impl Reply {
    fn log(&self) -> String {
        if self.tail.is_empty() { String::new() } else { format!(":\n{}", self.tail) }
    }
}

fn invoke(function: &Function<'_>, version: &Version, event: &str) -> Result<Reply> {
    let mut payload = NamedTempFile::new().context("creating a temporary file")?;
    payload.write_all(event.as_bytes()).context("writing a temporary file")?;
    let outcome = NamedTempFile::new().context("creating a temporary file")?;
    // Both versions of the command line send the content of a `fileb://` unchanged.
    let payload = format!("fileb://{}", payload.path().display());
    let file = outcome.path().display().to_string();
    let mut what = vec!["lambda", "invoke", "--function-name", function.name, "--qualifier", version.name()];
    what.extend(["--log-type", "Tail", "--payload", &payload, &file]);
    let invoked = function.aws.ask(&what)?;
    let tail = tail(invoked["LogResult"].as_str().unwrap_or_default());
    let answer = std::fs::read_to_string(outcome.path()).context("reading its response")?;
    if !invoked["FunctionError"].is_null() {
        let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
        let reason = if tail.is_empty() { answer["errorMessage"].as_str().unwrap_or_default() } else { &tail };
        bail!("it does not start, or fails at once:\n{reason}");
    }
    let answer: Value = serde_json::from_str(&answer).context("its response is not JSON")?;
    let status = answer["statusCode"].as_u64().context("its response is not an HTTP response")?;
    Ok(Reply { status, body: answer["body"].as_str().unwrap_or_default().to_owned(), tail })
}

/// The function's own lines of the end of its log, which is in Base64, indented.
fn tail(encoded: &str) -> String {
    let log = STANDARD.decode(encoded).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let own =
        log.lines().filter(|line| !line.trim().is_empty() && !PLATFORM.iter().any(|start| line.starts_with(start)));
    own.map(|line| format!("  {}", line.trim_end())).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn log_is_shown_without_the_platforms_lines() {
        let log = "START RequestId: 1 Version: 7\nthe function cannot start, its environment is not right:\n  \
                   OAUTH_CLIENT_ID must be a GUID\nEND RequestId: 1\nREPORT RequestId: 1\tDuration: 1 ms\n";
        let shown = "  the function cannot start, its environment is not right:\n    OAUTH_CLIENT_ID must be a GUID";
        assert_eq!(tail(&STANDARD.encode(log)), shown);
        assert_eq!(tail(""), "");
    }

    #[test]
    fn events_are_requests_to_the_two_paths() {
        for (event, path) in [(HEALTH, "/api/health"), (CONFIG, "/api/config")] {
            let event: Value = serde_json::from_str(event).expect("it is JSON");
            assert_eq!((&event["rawPath"], &event["requestContext"]["http"]["method"]), (&json!(path), &json!("GET")));
            assert_eq!(event["version"], "2.0");
        }
    }

    #[test]
    fn configuration_must_match_the_variables() {
        let app: AppConfig = serde_json::from_value(json!({
            "session": "cookie",
            "providers": [
                { "id": "aniapi", "name": "A", "client_id": "a", "authorize_url": "https://a.example/", "redirect_uris": [] },
                { "id": "work", "name": "W", "client_id": "w", "authorize_url": "https://w.example/", "redirect_uris": [] },
            ],
        }))
        .expect("it is a configuration");
        let all = [("OAUTH_ANIAPI_CLIENT_ID", "a"), ("OAUTH_WORK_CLIENT_ID", "w"), ("OAUTH_SESSION", "cookie")];
        for (changed, value, words) in [
            ("OAUTH_SESSION", "cookie", None),
            // Variables in the document of secrets are not known here.
            ("OAUTH_OTHER", "x", None),
            ("OAUTH_WORK_CLIENT_ID", "a", Some("another client id for work than OAUTH_WORK_CLIENT_ID")),
            ("OAUTH_ANIAPI_CLIENT_ID", "w", Some("another client id for aniapi")),
            ("OAUTH_SESSION", "tab", Some("OAUTH_SESSION")),
        ] {
            let variable = |name: &str| {
                let known = all.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
                if name == changed { Some(value.to_owned()) } else { known.map(str::to_owned) }
            };
            let message = ensure_matches(&app, variable).err().map(|error| error.to_string());
            assert_eq!(message.is_some(), words.is_some(), "{changed}={value}: {message:?}");
            assert!(message.unwrap_or_default().contains(words.unwrap_or_default()), "{changed}={value}");
        }
        let none = AppConfig { providers: Vec::new(), ..app };
        assert!(ensure_matches(&none, |_| None).is_err());
    }
}
