//! The function's whole service, called in process, against a real HTTP server that answers as AniAPI does, or as RFC 6749
//! and those who follow it do: every row of the tables in the README.

#![allow(unreachable_pub, reason = "a test binary has no public side")]

mod anilist;
mod bench;
mod bodies;
mod caller;
mod config;
mod document;
mod endless;
mod envelope;
mod events;
mod framing;
mod github;
mod handshake;
mod hostile;
mod log;
mod mix_up;
mod myanimelist;
mod oauth2;
mod panic;
mod provider;
mod provider_config;
mod providers;
mod redirect;
mod server;
mod soak;
mod socket;
mod store;
mod store_faults;
mod success;
mod time;
mod tls;
mod together;
mod token;
mod truncation;
mod upstream;
