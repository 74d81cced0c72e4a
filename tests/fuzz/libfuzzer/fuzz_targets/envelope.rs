//! What AniAPI answers to the exchange and to the question who has logged in.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::envelope::check(data));
