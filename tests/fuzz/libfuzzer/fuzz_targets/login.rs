//! What comes back to `/auth`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::login::check(data));
