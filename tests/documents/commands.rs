//! The commands in the documents, and what runs each.

use super::markdown::{Command, Document};
use super::source;

/// What runs a command.
enum By {
    /// A test, by its file and its name.
    Test(&'static str),
    /// A step of `cargo xtask test`.
    Step(&'static str),
    /// Itself: whoever runs the tests has typed it.
    Itself,
}
use By::{Itself, Step, Test};

const OWN_APP: &str = "own_app::a_person_logs_in_is_known_to_aniapi_and_logs_out";

/// How a command begins, and what runs it.
const RUN: &[(&str, By)] = &[
    ("cargo xtask test", Itself),
    ("cargo xtask dev", Test("login::a_person_logs_in_and_is_greeted_by_name")),
    ("cargo xtask dev --provider", Test("providers::a_person_logs_in_with_each_provider")),
    ("cargo xtask dev --env-file", Test("certified::a_person_logs_in_before_the_stack_of_dev")),
    ("cargo xtask build", Step("the site")),
    ("cargo xtask build site", Step("the site")),
    ("cargo xtask build function", Step("release archives of the function")),
    ("cargo xtask bench", Test("platform::an_instance_is_started_once_and_exchanges_each_code_that_it_is_handed")),
    ("cargo xtask screenshots", Test("looks::every_state_shows_what_it_says")),
    ("cargo xtask provider", Test("certified::what_the_server_says_of_itself_is_what_the_function_is_told")),
    ("cargo xtask deploy", Test("main::a_deployment_is_made_and_making_it_again_changes_nothing")),
    ("cargo xtask deploy --dry-run", Test("main::a_dry_run_does_nothing_and_asks_for_nothing")),
    ("cargo xtask doctor", Test("doctor::a_healthy_deployment_is_told_so")),
    ("cargo xtask destroy", Test("main::a_deployment_is_taken_away_whole_and_only_if_it_is_wanted")),
    ("cargo xtask setup", Itself),
    ("cargo test", Itself),
    ("cargo fmt --all", Step("format")),
    ("cargo clippy --workspace --all-targets", Step("lints")),
    ("cp .env.example .env", Test("mod::the_function_starts_with_the_example_of_its_environment")),
    ("cargo run -p tests --bin aniapi", Test("program::it_prints_all_that_a_login_needs")),
    ("curl -X PUT http://localhost:4000/_emulator/fault", Test("program::faults_are_set_and_reset_over_http")),
    ("curl -X DELETE http://localhost:4000/_emulator", Test("program::faults_are_set_and_reset_over_http")),
    // The stack of the end-to-end tests is started by it.
    ("cargo lambda watch -p function --disable-cors", Test("login::a_person_logs_in_and_is_greeted_by_name")),
    ("cargo lambda invoke function", Test("by_hand::the_running_function_answers_each_event_file")),
    ("cargo lambda build --release", Step("release archives of the function")),
    ("cargo lambda deploy function", Test("cargo_lambda::cargo_lambda_deploys_the_function_as_the_template_does")),
    ("cd frontend && trunk serve", Test("mod::the_app_by_hand_is_where_the_readme_says")),
    // What they make of an empty app is what is logged in to.
    ("cargo new my-app", Test(OWN_APP)),
    ("cargo add --path ../aniapi-login/frontend", Test(OWN_APP)),
    ("cargo add leptos@0.8 --features csr", Test(OWN_APP)),
    ("cargo add serde_json", Test(OWN_APP)),
    ("cp ../aniapi-login/frontend/examples/own_app/main.rs src/main.rs", Test(OWN_APP)),
    ("cp ../aniapi-login/frontend/start.js .", Test(OWN_APP)),
    // The same targets without the fuzzer, over the same seeds.
    ("mkdir -p tests/fuzz/corpus/callback", Itself),
    ("cargo +nightly fuzz run --fuzz-dir tests/fuzz callback", Step("protocol, function, emulator, tools")),
];

/// Whatever is wrong with the commands of a document.
pub(super) fn faults(document: &Document) -> Vec<String> {
    let fault = |command: Command| {
        let what = fault(&command)?;
        Some(document.fault(command.line, &format!("`{}`: {what}", command.words)))
    };
    document.commands().into_iter().filter_map(fault).collect()
}

fn fault(command: &Command) -> Option<String> {
    // What is set for the command alone stands before it.
    let words: Vec<_> = command.words.split_whitespace().skip_while(|word| word.contains("=\"")).collect();
    let missing = words.iter().copied().filter(|word| is_path(word)).find(|path| !source::has(path));
    if let Some(path) = missing {
        return Some(format!("there is no {path}"));
    }
    match words.as_slice() {
        ["cargo", "xtask", name, rest @ ..] => xtask(name, rest),
        ["cargo", "test", rest @ ..] => test(rest),
        _ => None,
    }
    .or_else(|| unknown(&words.join(" "), command.needs_account))
}

/// A path of the tree; what a command makes for itself is none.
fn is_path(word: &str) -> bool {
    let is_in_tree = ["frontend/", "function/", "shared/", "tests/"].iter().any(|folder| word.starts_with(folder));
    (is_in_tree && !word.contains("/corpus/")) || word == ".env.example"
}

fn unknown(command: &str, needs_account: bool) -> Option<String> {
    if needs_account || RUN.iter().any(|(start, _)| begins(command, start)) {
        return None;
    }
    Some("nothing runs it: name what does, or say that it needs an AWS account".to_owned())
}

fn begins(command: &str, start: &str) -> bool {
    command.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// The help says what there is.
fn xtask(name: &str, rest: &[&str]) -> Option<String> {
    let source = source::text("tests/src/bin/xtask.rs");
    let help = source.split_once("commands:\n").and_then(|(_, rest)| rest.split_once("\n\n"));
    let (help, _) = help.expect("the program has a help");
    let mut lines =
        help.lines().skip_while(|line| line.split_whitespace().next() != Some(name) || line.starts_with("   "));
    let Some(first) = lines.next() else {
        return Some(format!("there is no command `{name}`"));
    };
    let options: Vec<_> = lines.take_while(|line| line.starts_with("   ")).collect();
    let help = format!("{first} {}", options.join(" "));
    let is_told =
        |word: &str| help.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'))).any(|told| told == word);
    let choices = first.split_once('[').is_some_and(|(_, rest)| rest.contains('|'));
    rest.iter().take_while(|word| **word != ">").find_map(|word| {
        let is_choice = choices && word.chars().all(|c| c.is_ascii_lowercase());
        let is_unknown = (word.starts_with("--") || is_choice) && !is_told(word);
        is_unknown.then(|| format!("the help of `{name}` does not speak of {word}"))
    })
}

/// `cargo test -p <package> [--lib | --test <suite>] [<part of a name>]`.
fn test(words: &[&str]) -> Option<String> {
    let after = |flag: &str| words.iter().position(|word| *word == flag).and_then(|at| words.get(at + 1)).copied();
    let package = after("-p").or_else(|| after("--package"));
    let Some(package) = package.filter(|package| source::has(&format!("{package}/Cargo.toml"))) else {
        return Some(format!("there is no package `{}`", package.unwrap_or_default()));
    };
    let suite = after("--test");
    let folder = match suite {
        None => format!("{package}/src"),
        Some(suite) => {
            let places = [format!("{package}/{suite}"), format!("{package}/tests/{suite}")];
            let Some(folder) = places.into_iter().find(|folder| source::has(&format!("{folder}/main.rs"))) else {
                return Some(format!("there is no suite `{suite}`"));
            };
            folder
        }
    };
    let filter = words.last().filter(|word| !word.starts_with('-') && Some(**word) != suite && **word != package)?;
    let known = source::functions(&folder);
    (!known.iter().any(|name| name.contains(filter))).then(|| format!("no test has `{filter}` in its name"))
}

/// Whatever is wrong with the table itself.
pub(super) fn faults_of_the_table() -> Vec<String> {
    let (known, steps) = (source::functions("tests"), source::text("tests/src/check.rs"));
    let is_there = |by: &By| match by {
        Test(name) => known.contains(*name),
        Step(name) => steps.contains(&format!("run.step(\"{name}\"")),
        Itself => true,
    };
    RUN.iter().filter(|(_, by)| !is_there(by)).map(|(start, _)| format!("what runs `{start}` is gone")).collect()
}
