//! The binary itself, under a Lambda Runtime API: what the platform may hand it, and that it goes on after that.

#![allow(unreachable_pub, reason = "a test binary has no public side")]

mod api;
mod budget;
#[path = "../../../shared/tests/corpus/mod.rs"]
mod corpus;
mod deadline;
mod events;
mod program;
mod secret;
mod services;
mod soak;
mod start;
mod upstream;
