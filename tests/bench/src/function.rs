//! The function and its alternatives, measured in turns, so that a busy moment of the machine affects all of them.

use std::io::Write;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::far;
use super::instance::{Sample, Subject, measure};
use super::machine;
use super::peers::{self, Peer};
use super::provider::Provider;
use super::table::{Table, digits, spread};
use xtask::statistics::Spread;

/// The number of instances of each that are started.
const ROUNDS: usize = 25;
/// The number of exchanges of each instance after its first.
const WARM: usize = 300;
/// The positions of these two among the peers.
const FLOOR: usize = 0;
pub(super) const OURS: usize = 1;

/// Selects a number of a sample.
pub(super) type Of = fn(&Sample) -> Option<f64>;

/// The columns with times, in milliseconds.
const TIMES: [(&str, Of); 4] = [
    ("start", |sample| Some(ms(sample.start))),
    ("first exchange", |sample| Some(ms(sample.first))),
    ("start + first", |sample| Some(ms(sample.start + sample.first))),
    ("warm", |sample| Some(ms(sample.warm))),
];

/// Measures, and writes the tables.
pub(super) fn run(out: &mut impl Write) -> Result<()> {
    let mut peers = peers::all()?;
    let folder = peers::folder()?;
    let provider = Provider::start(Duration::ZERO)?;
    let load =
        machine::load().map_or_else(String::new, |load| format!(" The machine's load was {load} at the beginning."));
    let samples = in_turns(&mut peers, |_, log, subject| measure(subject, &provider, None, WARM, &folder.join(log)));
    writeln!(
        out,
        "### The function\n\n{ROUNDS} instances of each, in turns; {WARM} exchanges of each instance after its first. Times in \
         milliseconds: the median, and in parentheses the 10th and 90th percentiles. The provider answers at once, over HTTP.{load}\n"
    )?;
    writeln!(out, "{}", measured(&peers, &samples))?;
    writeln!(
        out,
        "As multiples of the floor: the ratio of the medians, and the median ratio of pairs in the same turn.\n"
    )?;
    writeln!(out, "{}", multiples(&peers, &samples))?;
    for peer in &peers {
        if let Err(error) = &peer.subject {
            writeln!(out, "{} was not measured: {error:#}\n", peer.name)?;
        }
    }
    ensure!(peers[OURS].subject.is_ok(), "our function could not be measured");
    far::run(out, peers, &folder)
}

/// Measures in rounds, each beginning with a different peer. A peer that fails once is left out from then on. The
/// results of the first round are dropped: it loads all files into memory.
pub(super) fn in_turns(
    peers: &mut [Peer],
    mut measure: impl FnMut(usize, &str, &Subject) -> Result<Sample>,
) -> Vec<Vec<Sample>> {
    let mut samples: Vec<Vec<Sample>> = peers.iter().map(|_| Vec::new()).collect();
    for round in 0..=ROUNDS {
        eprintln!("bench: round {round} of {ROUNDS}");
        for turn in 0..peers.len() {
            let place = (round + turn) % peers.len();
            let Ok(subject) = &peers[place].subject else { continue };
            match measure(place, &format!("{}.log", peers[place].word), subject) {
                Ok(_) if round == 0 => {}
                Ok(sample) => samples[place].push(sample),
                Err(error) => {
                    peers[place].subject = Err(error);
                    samples[place].clear();
                }
            }
        }
    }
    samples
}

fn measured(peers: &[Peer], samples: &[Vec<Sample>]) -> Table {
    let names: Vec<_> = TIMES.iter().map(|(name, _)| *name).collect();
    let mut table = Table::new(&[&["function"], &*names, &["peak memory, MiB", "program, bytes"]].concat());
    for (peer, samples) in peers.iter().zip(samples) {
        let mut row = vec![peer.name.clone()];
        row.extend(TIMES.iter().map(|(_, of)| spread(Spread::of(samples.iter().filter_map(of)))));
        let memory = samples.iter().filter_map(|sample| sample.memory);
        row.push(spread(Spread::of(memory.map(|bytes| bytes as f64 / 1024.0 / 1024.0))));
        row.push(peer.subject.as_ref().map_or_else(|_| "not measured".to_owned(), |subject| subject.size.clone()));
        table.row(row);
    }
    table
}

fn multiples(peers: &[Peer], samples: &[Vec<Sample>]) -> Table {
    let names: Vec<_> = TIMES.iter().map(|(name, _)| *name).collect();
    let mut table = Table::new(&[&["function"], &*names].concat());
    for (peer, own) in peers.iter().zip(samples).skip(FLOOR + 1) {
        let mut row = vec![peer.name.clone()];
        row.extend(TIMES.iter().map(|(_, of)| multiple(own, &samples[FLOOR], *of)));
        table.row(row);
    }
    table
}

/// The multiple of another peer's numbers: the ratio of the medians, and the median ratio of pairs.
fn multiple(own: &[Sample], other: &[Sample], of: Of) -> String {
    let median = |samples: &[Sample]| Spread::of(samples.iter().filter_map(of)).map(|spread| spread.median);
    let pairs = own.iter().zip(other).filter_map(|(own, other)| Some(of(own)? / of(other)?));
    match (median(own), median(other), Spread::of(pairs)) {
        (Some(own), Some(other), Some(pairs)) => format!("{} / {}", digits(own / other), digits(pairs.median)),
        _ => "–".to_owned(),
    }
}

/// In milliseconds, as in the tables.
pub(super) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
