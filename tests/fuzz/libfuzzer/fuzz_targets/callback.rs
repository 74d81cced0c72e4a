//! Authorization responses at `/auth`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::callback::check(data));
