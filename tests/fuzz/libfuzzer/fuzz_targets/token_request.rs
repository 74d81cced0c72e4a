//! The body of `POST /api/token`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::token_request::check(data));
