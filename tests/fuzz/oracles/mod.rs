//! Properties that hold for any input: one function for each parser of untrusted input, which panics if the parser is
//! wrong.
//!
//! They do not only check for panics. Each oracle reads the input with a second, simple implementation, and the two
//! must agree in both directions: nothing invalid is accepted, nothing valid rejected. `cargo fuzz` and the ordinary
//! tests call the same functions.

pub mod answer;
pub mod api_path;
pub mod callback;
pub mod cookie;
pub mod envelope;
pub mod expiry;
mod json;
pub mod login;
pub mod return_path;
pub mod session;
pub mod token_request;
