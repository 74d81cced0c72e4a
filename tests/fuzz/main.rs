//! Fuzzing without a fuzzer: the oracles of `cargo fuzz` run over the seeds, and over a fixed number of inputs that are
//! generated from them, the same ones each time. An input that a longer run finds is added to the seeds, and so is
//! tested here from then on.

mod inputs;

use std::collections::BTreeSet;
use std::fs;
use std::panic;
use std::path::PathBuf;
use std::thread;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use inputs::Inputs;

/// The number of generated inputs for each target.
const INPUTS: u32 = 20_000;

/// The JSON reader of the oracles is recursive.
const STACK: usize = 256 * 1024 * 1024;

type Check = fn(&[u8]);

const TARGETS: [(&str, Check); 10] = [
    ("answer", oracles::answer::check),
    ("api_path", oracles::api_path::check),
    ("callback", oracles::callback::check),
    ("cookie", oracles::cookie::check),
    ("envelope", oracles::envelope::check),
    ("expiry", oracles::expiry::check),
    ("login", oracles::login::check),
    ("return_path", oracles::return_path::check),
    ("session", oracles::session::check),
    ("token_request", oracles::token_request::check),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The names of the files in a folder, without their extensions.
fn names_in(part: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder().join(part)).expect("the folder is there").flatten();
    entries.map(|entry| entry.path().file_stem().expect("a file has a name").to_string_lossy().into_owned()).collect()
}

fn fuzz(target: &'static str) {
    let (_, check) = *TARGETS.iter().find(|(name, _)| *name == target).expect("the target exists");
    let inputs = Inputs::read(&folder(), target);
    let work = move || {
        for (name, seed) in &inputs.seeds {
            assert!(panic::catch_unwind(|| check(seed)).is_ok(), "the seed {target}/{name} fails; the panic is above");
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
fn token_response_readings_agree() {
    fuzz("answer");
}

#[test]
fn api_path_leads_nowhere_else() {
    fuzz("api_path");
}

#[test]
fn callback_readings_agree() {
    fuzz("callback");
}

#[test]
fn cookie_readings_agree() {
    fuzz("cookie");
}

#[test]
fn envelope_readings_agree() {
    fuzz("envelope");
}

#[test]
fn expiry_readings_agree() {
    fuzz("expiry");
}

#[test]
fn login_invariants_hold_for_every_sequence_of_events() {
    fuzz("login");
}

#[test]
fn return_path_stays_in_the_app() {
    fuzz("return_path");
}

#[test]
fn session_readings_agree() {
    fuzz("session");
}

#[test]
fn token_request_readings_agree() {
    fuzz("token_request");
}

#[test]
fn every_target_has_seeds_and_a_program() {
    let targets: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names_in("seeds"), targets);
    assert_eq!(names_in("libfuzzer/fuzz_targets"), targets);
    let manifest = fs::read_to_string(folder().join("libfuzzer/Cargo.toml")).expect("the package is there");
    for target in targets {
        assert!(names_in(&format!("seeds/{target}")).len() > 5, "{target} has too few seeds");
        let file = format!("fuzz_targets/{target}.rs");
        assert!(manifest.contains(&format!("name = \"{target}\"\npath = \"{file}\"")), "{file} is not built");
        let program = fs::read_to_string(folder().join("libfuzzer").join(file)).expect("the program exists");
        assert!(program.contains(&format!("oracles::{target}::check(data)")), "{program}");
    }
}
