//! The Lambda function: it holds the client secret and exchanges a code for a token.
//!
//! `main` only wires. [`config`] reads the environment once, and [`store`] the secret where that is kept elsewhere;
//! [`app`] is the whole service and can be called in process, [`exchange`] makes the one upstream request, [`error`] says
//! how each refusal looks from outside.

pub mod app;
pub mod client;
pub mod config;
pub mod error;
pub mod exchange;
pub mod log;
pub mod store;

mod address;
mod arn;
