//! The login protocol as pure code: what the app and the function have to agree on.
//!
//! Nothing here does I/O, reads a clock or generates random numbers. Time and random bytes are passed in, so one table
//! of tests covers both sides. The steps of a login:
//!
//! 1. [`state`]: the app creates a [`State`](state::State) and, if the provider supports PKCE, a verifier ([`pkce`]),
//!    and stores a [`PendingLogin`](state::PendingLogin).
//! 2. [`authorize`]: the app sends the person to the provider's login page with the authorization request.
//! 3. [`callback`]: the app validates the authorization response. Only a [`Validated`](callback::Validated) one has a
//!    code.
//! 4. [`token`]: the app sends the code to the function, which returns a token or an
//!    [`ErrorResponse`](error::ErrorResponse).
//! 5. [`session`]: what the function stores in the session cookie, and what it reports about the session to the page.
//! 6. [`provider`]: the differences between providers, one file each.

#![no_std]

extern crate alloc;

pub mod api_path;
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
pub mod session;
pub mod state;
pub mod token;
