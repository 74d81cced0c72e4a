//! Log in with AniAPI from a static Leptos app.
//!
//! [`auth`] is what another app takes over; [`App`] is the app of this repository. A whole app with a login, which asks
//! AniAPI who the person is as soon as there is somebody:
//!
//! ```no_run
#![doc = include_str!("../examples/own_app/main.rs")]
//! ```
//!
//! Fixed texts stand in braces: without, Leptos makes markup of them, which the policy of the deployed site forbids
//! (Trusted Types).
//!
//! The login itself is three steps, each in a file of its own: `login` leaves for the provider, `callback` finishes what
//! comes back, `session` is the signed-in state of this tab and its end. `api` holds the two peers that the app talks to.
//! `pages` shows, and decides nothing.

pub mod auth;

mod api;
mod browser;
mod callback;
mod failure;
mod fetch;
mod json;
mod login;
mod pages;
mod session;
mod texts;

pub use pages::App;

#[cfg(all(test, target_arch = "wasm32"))]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
