//! The Lambda function: it holds the client secret, exchanges codes for tokens, and keeps sessions in cookies.
//!
//! `main` only connects the parts. [`config`] reads the environment once, and [`store`] reads secrets from AWS Secrets
//! Manager. [`app`] is the whole service, which can be called in process; each of its routes has its own file.
//! [`upstream`] sends the requests to providers, and [`error`] defines the error responses.

pub mod app;
pub mod client;
pub mod config;
pub mod error;
pub mod log;
pub mod store;
pub mod upstream;

mod address;
mod arn;
mod caller;
mod clock;
mod reply;
mod routes;
mod session;
