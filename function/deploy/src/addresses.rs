//! Maps a request for the site to a stored file, as the edge function in `function/template.yaml` does. A test of the
//! template runs both on the same addresses.

use crate::kinds;

/// The stored file for an address without its query. `accepted` is the request's `Accept-Encoding`, and `others` are
/// the extensions that are not in the table, separated by spaces (the parameter `OtherEndings`).
pub fn stored(address: &str, accepted: &str, others: &str) -> String {
    let is_other = |ending: &str| others.split(' ').any(|other| other == ending);
    let ending = kinds::ending(address);
    let kind = ending.as_deref().and_then(|ending| kinds::all().find(|kind| kind.ending == ending));
    let (file, is_compressed) = match (kind, ending) {
        (Some(kind), _) => (address, kind.is_compressed),
        (None, Some(ending)) if is_other(&ending) => (address, false),
        _ => ("/index.html", true),
    };
    let coding = match is_compressed {
        true if accepts(accepted, "br") => ".br",
        true if accepts(accepted, "gzip") => ".gz",
        _ => "",
    };
    format!("{file}{coding}")
}

/// Whether the coding is listed with a quality other than zero (RFC 9110, 12.4.2).
fn accepts(accepted: &str, coding: &str) -> bool {
    accepted.to_ascii_lowercase().split(',').any(|entry| {
        let (name, parameters) = entry.split_once(';').unwrap_or((entry, ""));
        let quality = parameters.split(';').next().unwrap_or_default().trim().strip_prefix("q=0");
        let is_excluded = quality.is_some_and(|rest| {
            rest.is_empty() || rest.strip_prefix('.').is_some_and(|digits| digits.bytes().all(|digit| digit == b'0'))
        });
        name.trim() == coding && !is_excluded
    })
}
