//! The protocol of the login, pure: what app and function both have to agree on.
//!
//! Nothing here does I/O, reads a clock or draws a random number: time and bytes are passed in, so one table of
//! tests proves both sides. A login is one value that travels one way:
//!
//! 1. [`state`]: the app makes a [`State`](state::State) and, where the provider takes one, a verifier ([`pkce`]), and
//!    remembers a [`PendingLogin`](state::PendingLogin).
//! 2. [`authorize`]: it sends the person to the provider's login page.
//! 3. [`callback`]: what comes back is judged; only a [`Validated`](callback::Validated) answer carries a code.
//! 4. [`token`]: the code goes to the function, a token or an [`ErrorResponse`](error::ErrorResponse) comes back.
//! 5. [`provider`]: what differs from provider to provider, one file each.

#![no_std]

extern crate alloc;

pub mod authorize;
mod base64url;
pub mod callback;
pub mod config;
pub mod error;
mod form;
pub mod json;
pub mod jwt;
pub mod pkce;
pub mod provider;
pub mod redirect;
pub mod return_path;
pub mod secret;
pub mod state;
pub mod token;
