//! The function's whole service, called in process, against a real HTTP server that answers as AniAPI does: every row
//! of the tables in the README.

#![allow(unreachable_pub, reason = "a test binary has no public side")]

mod bench;
mod bodies;
mod caller;
mod config;
mod endless;
mod envelope;
mod events;
mod framing;
mod handshake;
mod hostile;
mod log;
mod panic;
mod provider;
mod redirect;
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
