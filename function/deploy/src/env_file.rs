//! A file of variables, as `cargo xtask dev --env-file` and `cargo xtask deploy --env-file` read it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};

use crate::say;

/// Reads a file of variables, in the form of `.env.example`.
///
/// # Errors
/// If it cannot be read or parsed; the error names the file and the line.
pub fn read(file: &Path) -> Result<BTreeMap<String, String>> {
    let reading = || format!("reading {}", file.display());
    let text = std::fs::read_to_string(file).with_context(reading)?;
    for name in expanded(&text) {
        say(&format!(
            "warning: {}: the $ in {name} is replaced by the value of a variable; put the value into single quotes if \
             that is not intended",
            file.display()
        ));
    }
    parse(&text).with_context(reading)
}

fn parse(text: &str) -> Result<BTreeMap<String, String>> {
    let read: dotenvy::Result<_> = dotenvy::from_read_iter(text.as_bytes()).collect();
    read.map_err(|error| match error {
        // Its own message repeats the line, which may contain a secret.
        dotenvy::Error::LineParse(line, _) => {
            let number = text.lines().position(|other| other.contains(line.trim())).map_or(0, |at| at + 1);
            anyhow!("line {number} is not NAME=value; put a value with spaces, quotes or # into single quotes")
        }
        other => other.into(),
    })
}

/// The variables in whose values a `$` is substituted: it is neither in single quotes nor after a backslash.
fn expanded(file: &str) -> Vec<&str> {
    let assignments = file.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let assignments = assignments.filter_map(|line| line.split_once('='));
    let is_expanded = |value: &str| {
        let mut is_quoted = false;
        let mut is_escaped = false;
        value.chars().any(|c| {
            match c {
                '\'' if !is_escaped => is_quoted = !is_quoted,
                '$' if !is_quoted && !is_escaped => return true,
                _ => {}
            }
            is_escaped = c == '\\' && !is_escaped && !is_quoted;
            false
        })
    };
    assignments
        .filter(|(_, value)| is_expanded(value))
        .map(|(name, _)| name.trim().trim_start_matches("export ").trim())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_line_is_reported_by_number_and_not_repeated() {
        let message = parse("A=1\nOAUTH_CLIENT_SECRET=a secret\n").expect_err("there is a space").to_string();
        assert!(message.contains("line 2") && !message.contains("a secret"), "{message}");
    }

    #[test]
    fn substituted_dollar_is_detected() {
        let file =
            "# A=$x\nONE=a$b\nTWO='a$b'\nTHREE=\"a${b}\"\nFOUR=a\\$b\n export FIVE=${x}\nSIX=ab\n\nSEVEN='a'$b\n";
        assert_eq!(expanded(file), ["ONE", "THREE", "FIVE", "SEVEN"]);
        // dotenvy changes exactly those.
        let read = parse(file).expect("it is valid");
        for (name, value) in [("TWO", "a$b"), ("FOUR", "a$b"), ("SIX", "ab")] {
            assert_eq!(read[name], value, "{name}");
        }
        for name in expanded(file) {
            assert!(!read[name].contains('$'), "{name}");
        }
    }
}
