//! Inputs that nobody thought of, made from those that somebody did: a seed, and a few edits of it. Most edits begin
//! and end where the formats have their joints, so that whole parameters and members are doubled, lost and exchanged.

use std::fmt;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Longer ones show nothing that these do not.
const MAX_LEN: usize = 16 * 1024;

/// What the inputs of one target are made of.
pub(crate) struct Inputs {
    /// Each with the name of its file.
    pub(crate) seeds: Vec<(String, Vec<u8>)>,
    words: Vec<Vec<u8>>,
}

/// One made input. It prints as text that a person can read.
pub(crate) struct Input(pub(crate) Vec<u8>);

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

/// A change. Places are fractions of whatever length the input then has.
#[derive(Clone, Debug)]
enum Edit {
    /// Puts bytes in place of a stretch.
    Replace(Stretch, Vec<u8>),
    /// Puts a stretch of another seed in place of a stretch.
    Splice(Stretch, Vec<u8>, Stretch),
    /// Puts a stretch of the input itself somewhere else in it.
    Repeat(Stretch, Index),
    /// Changes bits of one byte.
    Flip(Index, u8),
}

/// From one place to another: at joints, or anywhere.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: Index,
    to: Index,
    at_joints: bool,
}

impl Inputs {
    /// Reads a target's seeds, and the words that all targets share with `cargo fuzz`.
    pub(crate) fn read(folder: &Path, target: &str) -> Self {
        let files = fs::read_dir(folder.join("seeds").join(target)).expect("the target has seeds").flatten();
        let mut seeds: Vec<_> = files
            .map(|file| (file.file_name().to_string_lossy().into_owned(), fs::read(file.path()).expect("a seed")))
            .collect();
        // The order of a folder is not the same everywhere, and the inputs have to be.
        seeds.sort();
        let words = fs::read_to_string(folder.join("words.dict")).expect("the words are there");
        Self { seeds, words: words.lines().filter_map(word).collect() }
    }

    /// Seeds with none to six edits.
    pub(crate) fn edited(&self) -> impl Strategy<Value = Input> + use<> {
        let seed = select(self.seeds.iter().map(|(_, seed)| seed.clone()).collect::<Vec<_>>());
        let edit = prop_oneof![
            (stretch(), select(self.words.clone())).prop_map(|(at, word)| Edit::Replace(at, word)),
            (stretch(), prop::collection::vec(any::<u8>(), 0..4)).prop_map(|(at, bytes)| Edit::Replace(at, bytes)),
            (stretch(), seed.clone(), stretch()).prop_map(|(at, other, of)| Edit::Splice(at, other, of)),
            (stretch(), any::<Index>()).prop_map(|(of, to)| Edit::Repeat(of, to)),
            (any::<Index>(), 1..=u8::MAX).prop_map(|(at, bits)| Edit::Flip(at, bits)),
        ];
        (seed, prop::collection::vec(edit, 0..=6)).prop_map(|(mut input, edits)| {
            edits.iter().for_each(|edit| edit.make(&mut input));
            Input(input)
        })
    }
}

impl Edit {
    fn make(&self, input: &mut Vec<u8>) {
        match self {
            Self::Replace(at, bytes) => drop(input.splice(at.of(input), bytes.iter().copied())),
            Self::Splice(at, other, of) => drop(input.splice(at.of(input), other[of.of(other)].iter().copied())),
            Self::Repeat(of, to) => {
                let bytes = input[of.of(input)].to_vec();
                let to = joint(input, to);
                drop(input.splice(to..to, bytes));
            }
            Self::Flip(at, bits) if !input.is_empty() => *at.get_mut(input) ^= bits,
            Self::Flip(..) => {}
        }
        input.truncate(MAX_LEN);
    }
}

impl Stretch {
    fn of(&self, input: &[u8]) -> std::ops::Range<usize> {
        let place = |at: &Index| if self.at_joints { joint(input, at) } else { at.index(input.len() + 1) };
        let (from, to) = (place(&self.from), place(&self.to));
        from.min(to)..from.max(to)
    }
}

/// Before or after the next byte that means something in queries, JSON, tokens or paths; or the end.
fn joint(input: &[u8], at: &Index) -> usize {
    let place = at.index(input.len() + 1);
    let next = input[place..].iter().position(|byte| b"?&=%+#/\\.,:{}[]\"".contains(byte));
    next.map_or(input.len(), |ahead| place + ahead + place % 2)
}

fn stretch() -> impl Strategy<Value = Stretch> {
    // A third of them are empty, so that something is put in and nothing goes.
    (any::<Index>(), prop::option::weighted(0.67, any::<Index>()), prop::bool::weighted(0.8))
        .prop_map(|(from, to, at_joints)| Stretch { from, to: to.unwrap_or(from), at_joints })
}

/// A line of a libFuzzer dictionary: a word in quotes, with `\\`, `\"` and `\xNN`.
fn word(line: &str) -> Option<Vec<u8>> {
    let mut rest = line.strip_prefix('"')?.strip_suffix('"')?;
    let mut word = Vec::new();
    while let Some(c) = rest.chars().next() {
        let (byte, len) = match rest.strip_prefix("\\x").and_then(|hex| hex.get(..2)) {
            Some(hex) => (u8::from_str_radix(hex, 16).expect("two hexadecimal digits"), 4),
            None if c == '\\' => (rest.as_bytes()[1], 2),
            None => (u8::try_from(c).expect("the dictionary is ASCII"), 1),
        };
        word.push(byte);
        rest = &rest[len..];
    }
    Some(word)
}
