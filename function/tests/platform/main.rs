//! The binary itself under a Lambda Runtime API of our own: what the platform may hand it, and that it goes on after.

#![allow(unreachable_pub, reason = "a test binary has no public side")]

mod api;
mod deadline;
mod events;
mod instructions;
mod secret;
mod soak;
mod upstream;
