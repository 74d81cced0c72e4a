//! Unforeseen inputs, generated from seeds by a few edits. Most edits begin and end at delimiters of the formats, so
//! that whole parameters and members are doubled, lost and exchanged.

use std::fmt;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Longer inputs would find nothing new.
const MAX_LEN: usize = 16 * 1024;

/// What the inputs of one target are generated from.
pub(crate) struct Inputs {
    /// Each with the name of its file.
    pub(crate) seeds: Vec<(String, Vec<u8>)>,
    words: Vec<Vec<u8>>,
}

/// A generated input. It is printed in a readable form.
pub(crate) struct Input(pub(crate) Vec<u8>);

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

/// An edit. Positions are fractions of the input's length at that time.
#[derive(Clone, Debug)]
enum Edit {
    /// Replaces a range with bytes.
    Replace(Span, Vec<u8>),
    /// Replaces a range with a range of another seed.
    Splice(Span, Vec<u8>, Span),
    /// Copies a range of the input to another position.
    Repeat(Span, Index),
    /// Changes bits of one byte.
    Flip(Index, u8),
}

/// A range between two positions, which are at delimiters or anywhere.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: Index,
    to: Index,
    at_delimiters: bool,
}

impl Inputs {
    /// Reads a target's seeds, and the words, which all targets share with `cargo fuzz`.
    pub(crate) fn read(folder: &Path, target: &str) -> Self {
        let files = fs::read_dir(folder.join("seeds").join(target)).expect("the target has seeds").flatten();
        let mut seeds: Vec<_> = files
            .map(|file| (file.file_name().to_string_lossy().into_owned(), fs::read(file.path()).expect("a seed")))
            .collect();
        // The order of files in a folder differs between systems, but the inputs must not.
        seeds.sort();
        let words = fs::read_to_string(folder.join("words.dict")).expect("the dictionary is there");
        Self { seeds, words: words.lines().filter_map(word).collect() }
    }

    /// Seeds with up to six edits.
    pub(crate) fn edited(&self) -> impl Strategy<Value = Input> + use<> {
        let seed = select(self.seeds.iter().map(|(_, seed)| seed.clone()).collect::<Vec<_>>());
        let edit = prop_oneof![
            (span(), select(self.words.clone())).prop_map(|(at, word)| Edit::Replace(at, word)),
            (span(), prop::collection::vec(any::<u8>(), 0..4)).prop_map(|(at, bytes)| Edit::Replace(at, bytes)),
            (span(), seed.clone(), span()).prop_map(|(at, other, of)| Edit::Splice(at, other, of)),
            (span(), any::<Index>()).prop_map(|(of, to)| Edit::Repeat(of, to)),
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
                let to = delimiter(input, to);
                drop(input.splice(to..to, bytes));
            }
            Self::Flip(at, bits) if !input.is_empty() => *at.get_mut(input) ^= bits,
            Self::Flip(..) => {}
        }
        input.truncate(MAX_LEN);
    }
}

impl Span {
    fn of(&self, input: &[u8]) -> std::ops::Range<usize> {
        let place = |at: &Index| if self.at_delimiters { delimiter(input, at) } else { at.index(input.len() + 1) };
        let (from, to) = (place(&self.from), place(&self.to));
        from.min(to)..from.max(to)
    }
}

/// The position before or after the next delimiter of queries, JSON, tokens or paths, or the end.
fn delimiter(input: &[u8], at: &Index) -> usize {
    let place = at.index(input.len() + 1);
    let next = input[place..].iter().position(|byte| b"?&=%+#/\\.,:{}[]\"".contains(byte));
    next.map_or(input.len(), |ahead| place + ahead + place % 2)
}

fn span() -> impl Strategy<Value = Span> {
    // A third of them are empty, so that the edit only inserts.
    (any::<Index>(), prop::option::weighted(0.67, any::<Index>()), prop::bool::weighted(0.8))
        .prop_map(|(from, to, at_delimiters)| Span { from, to: to.unwrap_or(from), at_delimiters })
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
