//! Paths of the API proxy.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::api_path::check(data));
