//! Answers of real token endpoints, one file each: `SERVICE/CASE.txt`, with the public page or source that shows the answer
//! (`source`, and a `note` if more is to be said about it), the preset that reads it, the HTTP status, and what it means
//! (`result`). An empty line follows, and the body.

use std::fs;
use std::path::Path;

/// One answer.
#[derive(Debug)]
pub struct Case {
    /// `SERVICE/CASE`.
    pub name: String,
    /// Where the answer is shown.
    pub source: String,
    /// The preset that reads it.
    pub preset: String,
    /// The HTTP status.
    pub status: u16,
    /// What it means.
    pub result: Meaning,
    /// The body, to the byte.
    pub body: String,
}

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// There is a token, for that many seconds if that is known.
    SignedIn(Option<u64>),
    /// The error code of the function for it.
    Error(String),
}

/// All answers, in the order of their names.
///
/// # Panics
/// If a file is not in that form.
pub fn cases() -> Vec<Case> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("shared/tests/corpus"));
    let corpus = corpus.into_iter().find(|folder| folder.is_dir()).expect("it is in this repository");
    let mut cases = Vec::new();
    for service in fs::read_dir(corpus).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if service.is_dir() {
            let files = fs::read_dir(&service).expect("a folder").map(|entry| entry.expect("an entry").path());
            cases.extend(files.map(|file| read(&file)));
        }
    }
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    cases
}

fn read(file: &Path) -> Case {
    let name: Vec<_> = file.with_extension("").iter().rev().take(2).map(|part| part.display().to_string()).collect();
    let name = format!("{}/{}", name[1], name[0]);
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (head, body) = text.split_once("\n\n").unwrap_or_else(|| panic!("{name} has no empty line"));
    let field = |wanted: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(wanted)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("{name} has no {wanted}")).to_owned()
    };
    let result = match field("result").split_once(' ') {
        Some(("signed_in", "unknown")) => Meaning::SignedIn(None),
        Some(("signed_in", seconds)) => Meaning::SignedIn(Some(seconds.parse().expect("a number"))),
        _ => Meaning::Error(field("result")),
    };
    let status = field("status").parse().expect("a number");
    let body = body.strip_suffix('\n').unwrap_or(body).to_owned();
    Case { source: field("source"), preset: field("preset"), status, result, body, name }
}
