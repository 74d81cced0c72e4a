//! The path to return to after a login.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::return_path::check(data));
