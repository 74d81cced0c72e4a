//! Log in with OAuth 2.0 from a Leptos app in the browser, with a provider that requires a client secret. The secret
//! stays in this repository's function. `README.md` in this crate shows how to build an app with it.
//!
//! [`provide_auth`] creates the login of the tab, and [`use_auth`] returns it: an [`Auth`], with signals for the state
//! and methods for the person's actions. [`LoginButton`], [`SignedIn`] and [`LoginCallback`] are components.
//!
//! Internally, the login is a state machine ([`machine`]): the browser's events go in, effects come out, and the module
//! `effects` performs them, one file per kind.
#![allow(unreachable_pub, reason = "Leptos's macro makes every component's properties `pub`")]

mod auth;
mod browser;
mod components;
mod effects;
mod failure;
mod json;
#[doc(hidden)]
pub mod machine;
mod options;
mod request;
mod session;
mod signal;
mod texts;

pub use gloo_net::http::Method;
pub use shared::provider::Profile;
pub use shared::secret::AccessToken;

pub use auth::{Auth, provide_auth, provide_auth_with_options, use_auth};
#[doc(hidden)]
pub use components::{Flag, dynamic, effect, flag, off};
pub use components::{LoginButton, LoginCallback, SignedIn, Text, live, text};
#[doc(hidden)]
pub use failure::Cause;
pub use failure::Failure;
pub use machine::{Patience, ProfileState, Provider, Waiting};
pub use options::AuthOptions;
pub use request::ApiRequest;
pub use session::Session;
pub use signal::AuthSignal;
pub use texts::Texts;

#[cfg(all(test, target_arch = "wasm32"))]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
