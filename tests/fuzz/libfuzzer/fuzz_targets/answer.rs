//! What a provider of RFC 6749 answers to the exchange.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::answer::check(data));
