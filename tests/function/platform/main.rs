//! Tests of the binary under a Lambda Runtime API: events that the platform may send, and that the function keeps
//! working after them.

#![allow(unreachable_pub, reason = "a test binary has no public interface")]

mod api;
mod budget;
mod cookies;
#[path = "../../../shared/tests/corpus/mod.rs"]
mod corpus;
mod deadline;
mod events;
mod program;
mod secret;
mod services;
mod session_soak;
mod soak;
mod start;
mod upstream;
