//! Removes duplicate compiler errors: Trunk and cargo-lambda both compile `shared`, so both print its errors.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use xtask::process::Filter;

/// What cargo-lambda prints on its standard output when its command was killed, even if cargo-lambda itself killed it
/// because of a change.
const KILLED: &str = "command killed";

/// Passes lines on, except for errors that another program has printed since the last successful build.
#[derive(Debug, Default)]
pub(super) struct Once {
    state: Mutex<State>,
}

impl Once {
    /// When cargo-lambda last reported that its command was killed. Each report is returned once.
    pub(super) fn take_killed(&self) -> Option<Instant> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).killed.take()
    }
}

#[derive(Debug, Default)]
struct State {
    /// The program that has printed an error, by the error's lines.
    printed: HashMap<String, String>,
    /// When a command of cargo-lambda was killed.
    killed: Option<Instant>,
    /// The incomplete error that each program is printing.
    open: HashMap<String, Vec<String>>,
}

impl Filter for Once {
    fn line(&self, name: &str, line: &str) -> Vec<String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut shown = Vec::new();
        if let Some(mut block) = state.open.remove(name) {
            if continues(line) {
                block.push(line.to_owned());
                state.open.insert(name.to_owned(), block);
                return shown;
            }
            shown.extend(state.close(name, &block));
        }
        if line.starts_with("error") {
            state.open.insert(name.to_owned(), vec![line.to_owned()]);
        } else if !line.is_empty() && !line.starts_with("For more information about") {
            if is_success(line) {
                state.printed.clear();
            }
            shown.push(line.to_owned());
        }
        shown
    }

    fn end(&self, name: &str) -> Vec<String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let block = state.open.remove(name).unwrap_or_default();
        if block.is_empty() { block } else { state.close(name, &block) }
    }

    fn shows(&self, _: &str, line: &str) -> bool {
        let was_killed = line.contains(KILLED);
        if was_killed {
            self.state.lock().unwrap_or_else(PoisonError::into_inner).killed = Some(Instant::now());
        }
        !was_killed
    }
}

impl State {
    /// Returns the lines of a complete error, unless another program has printed it.
    fn close(&mut self, name: &str, block: &[String]) -> Vec<String> {
        let by = self.printed.entry(block.concat()).or_insert_with(|| name.to_owned());
        if by == name { block.to_vec() } else { Vec::new() }
    }
}

/// Whether a line belongs to the error above it: its location, source text or a note.
fn continues(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(|c: char| c.is_ascii_digit())
        || ["-->", "|", "=", ":::", "...", "note:", "help:"].iter().any(|start| line.starts_with(start))
}

/// Whether cargo reports a successful build, after which an error is a new one.
fn is_success(line: &str) -> bool {
    line.trim_start().starts_with("Finished ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines that are shown, with the name of the program.
    fn shown(lines: &[(&str, &str)]) -> Vec<String> {
        let once = Once::default();
        let shown = lines
            .iter()
            .flat_map(|(name, line)| once.line(name, line).into_iter().map(move |line| format!("{name}: {line}")));
        shown.collect()
    }

    #[test]
    fn error_of_both_compilers_is_shown_once() {
        let error = [
            "error[E0425]: cannot find value `x`",
            " --> shared/src/lib.rs:1:1",
            "  |",
            "1 | x",
            "",
            "For more information about this error, try `rustc --explain E0425`.",
            "error: could not compile `shared` (lib) due to 1 previous error",
        ];
        let mut lines: Vec<_> = error.iter().map(|line| ("function", *line)).collect();
        lines.push(("function", "   Compiling shared"));
        lines.extend(error.iter().map(|line| ("app", *line)));
        lines.push(("app", "   Compiling frontend"));
        assert_eq!(
            shown(&lines),
            [
                "function: error[E0425]: cannot find value `x`",
                "function:  --> shared/src/lib.rs:1:1",
                "function:   |",
                "function: 1 | x",
                "function: error: could not compile `shared` (lib) due to 1 previous error",
                "function:    Compiling shared",
                "app:    Compiling frontend",
            ]
        );
    }

    #[test]
    fn error_after_a_successful_build_is_shown_again() {
        let lines = [("app", "error: a"), ("app", "    Finished `dev`"), ("function", "error: a"), ("function", "")];
        assert_eq!(shown(&lines), ["app: error: a", "app:     Finished `dev`", "function: error: a"]);
    }

    #[test]
    fn killed_command_is_noticed_and_not_shown() {
        let once = Once::default();
        assert!(once.shows("function", "{}") && once.take_killed().is_none());
        assert!(!once.shows("function", "ERROR command killed code=ForceStop"));
        assert!(once.take_killed().is_some() && once.take_killed().is_none());
    }

    #[test]
    fn error_at_the_end_of_the_output_is_shown() {
        let once = Once::default();
        assert!(once.line("app", "error: a").is_empty());
        assert_eq!(once.end("app"), ["error: a"]);
        assert!(once.end("app").is_empty());
    }
}
