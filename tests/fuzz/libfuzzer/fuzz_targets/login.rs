//! The login's state machine.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::login::check(data));
