//! The place to come back to.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::return_path::check(data));
