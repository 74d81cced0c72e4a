//! Everything that proves the login, and the stack it runs on: emulators of the providers, the function under `cargo lambda
//! watch`, the app's own address. `cargo xtask dev` and the tests start the same one.

pub mod artefacts;
pub mod bench;
pub mod check;
mod dependencies;
pub mod deploy;
pub mod dev;
#[cfg(test)]
mod documents;
pub mod emulator;
mod hash;
pub mod headers;
pub mod listen;
pub mod process;
pub mod provider;
pub mod screenshots;
pub mod site;
pub mod stack;
pub mod template;
mod tidy;
pub mod tools;
pub mod usage;
mod web;

pub use emulator::aniapi;
