//! The answers that real services give, and what they mean.

#![allow(unreachable_pub, reason = "a test binary has no public side")]

mod corpus;

use std::collections::BTreeSet;

use corpus::{Meaning, cases};
use shared::provider::{self, ExchangeError};

const NOW: u64 = 1_700_000_000;

#[test]
fn answers_of_real_services_are_read_as_they_are_meant() {
    let mut wrong = Vec::new();
    for case in cases() {
        let preset = provider::preset(&case.preset).unwrap_or_else(|| panic!("{}: {}", case.name, case.preset));
        let read = match case.status {
            // Those are judged before the body is read.
            429 | 503 => Meaning::Error("provider_busy".into()),
            status => match preset.token_endpoint.answer(status, case.body.as_bytes(), NOW) {
                Ok(token) => Meaning::SignedIn(token.expires_in),
                Err(ExchangeError::InvalidCode) => Meaning::Error("invalid_code".into()),
                Err(ExchangeError::ClientRefused(_)) => Meaning::Error("provider_refused_client".into()),
                Err(_) => Meaning::Error("provider_bad_response".into()),
            },
        };
        if read != case.result {
            wrong.push(format!("{}: {read:?}, not {:?}: {} {}", case.name, case.result, case.status, case.body));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_corpus_names_its_sources_and_has_successes_and_refusals_of_many() {
    let cases = cases();
    for case in &cases {
        assert!(case.source.starts_with("https://"), "{}: {}", case.name, case.source);
    }
    let services = |is_it: fn(&Meaning) -> bool| -> BTreeSet<_> {
        let matching = cases.iter().filter(|case| is_it(&case.result));
        matching.filter_map(|case| case.name.split('/').next()).collect()
    };
    let successes = services(|result| matches!(result, Meaning::SignedIn(_)));
    let refusals = services(|result| matches!(result, Meaning::Error(_)));
    let both = successes.intersection(&refusals).count();
    assert!(both >= 25, "success and refusals of {both} services");
}
