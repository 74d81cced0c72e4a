//! The expiry of a token.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::expiry::check(data));
