//! Responses of real token endpoints, one file each: `SERVICE/CASE.txt`. A file has the public page or source that
//! shows the response (`source`, and optionally a `note`), the preset that reads it, the HTTP status, and its meaning
//! (`result`). An empty line and the body follow.

use std::fs;
use std::path::Path;

/// A response.
#[derive(Debug)]
pub struct Case {
    /// `SERVICE/CASE`.
    pub name: String,
    /// The page or source that shows the response.
    pub source: String,
    /// The preset that reads it.
    pub preset: String,
    /// The HTTP status.
    pub status: u16,
    /// The meaning.
    pub result: Meaning,
    /// The body, byte for byte.
    pub body: String,
}

/// The meaning of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// There is a token, with its lifetime in seconds if that is known.
    SignedIn(Option<u64>),
    /// The function reports this error code.
    Error(String),
}

/// All responses, sorted by name.
///
/// # Panics
/// If a file does not have that form.
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
