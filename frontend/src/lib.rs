//! Log in with AniAPI from a static Leptos app: what another app takes over, and the pages of this one.
//!
//! [`auth::provide`] puts an [`Auth`](auth::Auth) into Leptos's context; [`auth::use_auth`] takes it out again. The
//! login itself is three steps, each in a file of its own: [`login`] leaves for the provider, [`callback`] finishes
//! what comes back, [`session`] is the signed-in state of this tab and its end. [`api`] holds the two peers that the
//! app talks to. [`pages`] shows, and decides nothing.

pub mod api;
pub mod auth;
pub mod callback;
pub mod failure;
pub mod login;
pub mod pages;
pub mod session;
pub mod texts;

mod browser;
mod fetch;
mod json;

#[cfg(all(test, target_arch = "wasm32"))]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
