//! A stand-in for AWS, for the deployment tests and an end-to-end test. The tests are in `template`, `cloud`,
//! `provider.rs` and `reproducible.rs`.

mod aws;
pub mod cloud;
mod instance;
pub mod lambda;
