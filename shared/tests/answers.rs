//! The token responses of real services, and their meanings.

#![allow(unreachable_pub, reason = "a test binary has no public interface")]

mod corpus;

use std::collections::BTreeSet;

use corpus::{Meaning, cases};
use shared::provider::{self, ExchangeError};

const NOW: u64 = 1_700_000_000;

#[test]
fn responses_of_real_services_have_the_expected_meaning() {
    let mut wrong = Vec::new();
    for case in cases() {
        let preset = provider::preset(&case.preset).unwrap_or_else(|| panic!("{}: {}", case.name, case.preset));
        let read = match case.status {
            // The function handles these before it reads the body.
            429 | 503 => Meaning::Error("provider_busy".into()),
            status => match preset.provider.token_response(status, case.body.as_bytes(), NOW) {
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
fn corpus_has_sources_and_both_successes_and_errors_of_many_services() {
    let cases = cases();
    for case in &cases {
        assert!(case.source.starts_with("https://"), "{}: {}", case.name, case.source);
    }
    let services = |is_it: fn(&Meaning) -> bool| -> BTreeSet<_> {
        let matching = cases.iter().filter(|case| is_it(&case.result));
        matching.filter_map(|case| case.name.split('/').next()).collect()
    };
    let successes = services(|result| matches!(result, Meaning::SignedIn(_)));
    let errors = services(|result| matches!(result, Meaning::Error(_)));
    let both = successes.intersection(&errors).count();
    assert!(both >= 25, "only {both} services have both a success and an error");
}
