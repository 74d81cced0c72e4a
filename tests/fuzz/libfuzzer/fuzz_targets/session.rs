//! The decrypted contents of a session cookie.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::session::check(data));
