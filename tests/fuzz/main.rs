//! Fuzzing without a fuzzer: the oracles of `cargo fuzz` over its seeds, and over a fixed number of inputs that are
//! made from them, the same ones each time. What a long run finds becomes a seed, and is tried here ever after.

mod inputs;

use std::collections::BTreeSet;
use std::fs;
use std::panic;
use std::path::PathBuf;
use std::thread;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use inputs::Inputs;

/// How many inputs are made for each target.
const INPUTS: u32 = 20_000;

/// A value within a value within a value is read by a function that calls itself.
const STACK: usize = 256 * 1024 * 1024;

type Check = fn(&[u8]);

const TARGETS: [(&str, Check); 7] = [
    ("answer", oracles::answer::check),
    ("callback", oracles::callback::check),
    ("envelope", oracles::envelope::check),
    ("expiry", oracles::expiry::check),
    ("login", oracles::login::check),
    ("return_path", oracles::return_path::check),
    ("token_request", oracles::token_request::check),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The names of the files in a folder, without their endings.
fn names_in(part: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder().join(part)).expect("the folder is there").flatten();
    entries.map(|entry| entry.path().file_stem().expect("it has a name").to_string_lossy().into_owned()).collect()
}

fn fuzz(target: &'static str) {
    let (_, check) = *TARGETS.iter().find(|(name, _)| *name == target).expect("it is a target");
    let inputs = Inputs::read(&folder(), target);
    let work = move || {
        for (name, seed) in &inputs.seeds {
            assert!(panic::catch_unwind(|| check(seed)).is_ok(), "the seed {target}/{name} fails: see above");
        }
        let config = Config { cases: INPUTS, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let made = runner.run(&inputs.edited(), |input| {
            check(&input.0);
            Ok(())
        });
        assert!(made.is_ok(), "{}", made.err().map(|error| error.to_string()).unwrap_or_default());
    };
    let worker = thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread starts");
    if let Err(reason) = worker.join() {
        panic::resume_unwind(reason);
    }
}

#[test]
fn an_answer_is_taken_only_where_two_readings_agree() {
    fuzz("answer");
}

#[test]
fn a_callback_is_believed_only_where_two_readings_agree() {
    fuzz("callback");
}

#[test]
fn an_envelope_is_taken_only_where_two_readings_agree() {
    fuzz("envelope");
}

#[test]
fn the_end_of_a_token_is_what_two_readings_agree_on() {
    fuzz("expiry");
}

#[test]
fn no_sequence_of_events_makes_the_login_do_what_it_must_not() {
    fuzz("login");
}

#[test]
fn no_place_to_come_back_to_leads_out_of_the_app() {
    fuzz("return_path");
}

#[test]
fn a_token_request_is_taken_only_where_two_readings_agree() {
    fuzz("token_request");
}

#[test]
fn every_target_has_its_seeds_and_its_program() {
    let targets: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names_in("seeds"), targets);
    assert_eq!(names_in("libfuzzer/fuzz_targets"), targets);
    let manifest = fs::read_to_string(folder().join("libfuzzer/Cargo.toml")).expect("the package is there");
    for target in targets {
        assert!(names_in(&format!("seeds/{target}")).len() > 5, "{target} has hardly a seed");
        let file = format!("fuzz_targets/{target}.rs");
        assert!(manifest.contains(&format!("name = \"{target}\"\npath = \"{file}\"")), "{file} is not built");
        let program = fs::read_to_string(folder().join("libfuzzer").join(file)).expect("it is there");
        assert!(program.contains(&format!("oracles::{target}::check(data)")), "{program}");
    }
}
