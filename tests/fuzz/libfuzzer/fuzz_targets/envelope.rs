//! AniAPI's responses with a token and with a profile.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::envelope::check(data));
