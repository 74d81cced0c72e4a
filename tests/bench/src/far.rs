//! The first exchange with a distant provider over TLS: how much of it is network time, and how much the function's
//! own.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::function::{OURS, Of, in_turns, ms};
use super::instance::{Sample, measure};
use super::peers::Peer;
use super::provider::Provider;
use super::table::{Table, digits, spread};
use xtask::statistics::Spread;

/// The provider's round-trip times.
const ROUND_TRIPS: [Duration; 2] = [Duration::ZERO, Duration::from_millis(20)];
/// The number of exchanges of each instance after its first.
const WARM: usize = 5;
const COLUMNS: [&str; 8] = [
    "function",
    "round trip",
    "first exchange",
    "round trips in it",
    "provider's side",
    "its own",
    "on a processor",
    "warm",
];

/// Measures our function with TLS, and the floor at the same distance without.
pub(super) fn run(out: &mut impl Write, mut peers: Vec<Peer>, folder: &Path) -> Result<()> {
    // The floor is first.
    peers.truncate(OURS + 1);
    let authority = folder.join("authority.pem");
    let mut table = Table::new(&COLUMNS);
    for round_trip in ROUND_TRIPS {
        let providers = [Provider::start(round_trip)?, Provider::secure(round_trip, &authority)?];
        let files = [None, Some(authority.as_path())];
        let samples = in_turns(&mut peers, |place, log, subject| {
            measure(subject, &providers[place], files[place], WARM, &folder.join(log))
        });
        for ((peer, samples), how) in peers.iter().zip(&samples).zip(["HTTP", "TLS 1.3"]) {
            table.row(row(format!("{}, {how}", peer.name), round_trip, samples));
        }
    }
    writeln!(
        out,
        "### The first exchange over TLS\n\n\
         The round trips are for the connection, the handshake and the request. The function's own time is the first \
         exchange without them, and without the provider's computing time. The next column is its processor time, from \
         receiving the event to asking for the next one. The difference between the two is waiting time: for waking up after \
         each round trip, as for the floor, and for anything else, for example entropy.\n\n{table}"
    )?;
    Ok(())
}

fn row(name: String, round_trip: Duration, samples: &[Sample]) -> Vec<String> {
    let of = |what: Of| spread(Spread::of(samples.iter().filter_map(what)));
    let mut trips: Vec<_> = samples.iter().map(|sample| sample.theirs.trips.to_string()).collect();
    trips.sort();
    trips.dedup();
    vec![
        name,
        digits(ms(round_trip)),
        of(|sample| Some(ms(sample.first))),
        trips.join(" or "),
        of(|sample| Some(ms(sample.theirs.computing))),
        of(|sample| Some(ms(sample.own()))),
        of(|sample| sample.computed.map(ms)),
        of(|sample| Some(ms(sample.warm))),
    ]
}
