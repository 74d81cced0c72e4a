//! The commands in the documents. Each must be run by a test, a step of `cargo xtask test` or a workflow, or be marked
//! as one that needs an AWS account.

use std::collections::BTreeMap;
use std::process::Stdio;

use xtask::documented;

use super::markdown::{Command, Document};
use super::source;

/// The code that runs a documented command: a call of [`documented`].
const CALL: &str = "documented(\"";

/// Commands that cannot run without an AWS account.
const NEED_ACCOUNT: [&str; 4] =
    ["cargo xtask deploy", "cargo xtask destroy", "cargo xtask rollback", "cargo xtask rotate-session-key"];

/// The faults of the commands in these documents.
pub(super) fn faults(documents: &[Document]) -> Vec<String> {
    let run = tested_commands();
    let mut listed = BTreeMap::new();
    let mut faults = Vec::new();
    for document in documents {
        for command in document.commands() {
            // The command may follow an assignment of a variable.
            let words = command.words.split_once("\" ").map_or(command.words.as_str(), |(_, words)| words);
            let fault = match words.strip_prefix("cargo test ") {
                Some(arguments) => listed.entry(arguments.to_owned()).or_insert_with(|| not_listed(arguments)).clone(),
                None => fault(&command, &run),
            };
            faults.extend(fault.map(|what| document.fault(command.line, &format!("`{}`: {what}", command.words))));
        }
    }
    faults
}

/// The beginnings of the commands that tests and steps run.
fn tested_commands() -> Vec<String> {
    // The suite itself is run by this one.
    let mut run = vec!["cargo xtask test".to_owned()];
    for file in source::files("tests").into_iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs"))
    {
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let calls = text.split(CALL).skip(1).filter_map(|rest| rest.split_once('"'));
        run.extend(calls.map(|(line, _)| line.to_owned()));
    }
    run
}

/// The lines of the workflows that contain a variable, up to it.
fn workflows() -> Vec<String> {
    let text = |file| std::fs::read_to_string(file).expect("a workflow is text");
    let lines: String = source::files(".github/workflows").into_iter().map(text).collect();
    let lines = lines.lines().map(|line| line.trim().trim_start_matches("- run: ").replace('"', ""));
    lines.filter_map(|line| Some(line.split_once('$')?.0.to_owned())).filter(|line| line.contains(' ')).collect()
}

/// A documented command may continue a tested one with values, but not with more options.
fn fault(command: &Command, run: &[String]) -> Option<String> {
    let words = command.words.as_str();
    let values = |rest: &str| rest.is_empty() || (rest.starts_with(' ') && !rest.contains(" --"));
    // Prose may name only the beginning of a command.
    let runs = |line: &String| {
        words.strip_prefix(line.as_str()).is_some_and(values)
            || line.strip_prefix(words).is_some_and(|rest| rest.starts_with(' '))
    };
    let in_workflow = || workflows().iter().any(|line| words.starts_with(line.as_str()));
    let needs_account = command.needs_account || NEED_ACCOUNT.iter().any(|start| words.starts_with(start));
    if needs_account
        || ["cd ", "git clone "].iter().any(|start| words.starts_with(start))
        || run.iter().any(runs)
        || in_workflow()
    {
        return None;
    }
    Some("nothing runs it: call `documented` with it in a test, or mark it with `# needs an AWS account`".to_owned())
}

/// Asks cargo whether there is such a test.
fn not_listed(arguments: &str) -> Option<String> {
    let mut list = documented("cargo test");
    list.args(arguments.split_whitespace()).args(["--quiet", "--locked", "--", "--list"]);
    let output = list.stdin(Stdio::null()).output().expect("cargo starts");
    let tests = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Some(errors.lines().find(|line| line.starts_with("error")).unwrap_or("the command fails").to_owned());
    }
    (!tests.contains(": test")).then(|| "there is no such test".to_owned())
}
