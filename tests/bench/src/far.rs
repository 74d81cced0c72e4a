//! The first exchange with a provider that is far away and speaks TLS: what of it is the way, and what is ours.

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

/// How far away the provider is.
const ROUND_TRIPS: [Duration; 2] = [Duration::ZERO, Duration::from_millis(20)];
/// How many exchanges each instance makes after its first.
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

/// Measures ours behind TLS, and the floor as far away without.
pub(super) fn run(out: &mut impl Write, mut peers: Vec<Peer>, folder: &Path) -> Result<()> {
    // The floor is before it.
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
         The round trips are those of the connection, of the handshake and of the request. The function's own time is the first \
         exchange without them, and without what the provider computes. Beside it, how long the function had a processor, from \
         being handed the event to asking for the next one. What its own time is longer by, it has waited: to be woken after \
         each round trip, as the floor has, and where it were for anything else, for entropy, say, it would be seen here.\n\n{table}"
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
