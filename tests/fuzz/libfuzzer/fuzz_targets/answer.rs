//! Responses of a provider's token endpoint (RFC 6749).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::answer::check(data));
