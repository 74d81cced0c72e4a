//! What must be true whatever is sent: one function for each reader of foreign bytes, and it panics where the reader
//! is wrong.
//!
//! Not falling over is the least of it. Each oracle reads the input once more, by means of its own and as slowly and
//! plainly as it likes, and the two readings have to agree in both directions: nothing bad is taken, nothing good
//! refused. `cargo fuzz` and the ordinary tests call the same functions.

pub mod answer;
pub mod callback;
pub mod envelope;
pub mod expiry;
mod json;
pub mod login;
pub mod return_path;
pub mod token_request;
