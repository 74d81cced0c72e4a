//! Real browsers before the stack. [`driver`] starts a browser, [`world`] is what a person does with it, [`states`] are
//! ways to every state that the app can be in.

#![allow(missing_docs, reason = "these are the words of the end-to-end tests, and say what they do")]

pub mod canned;
pub mod driver;
pub mod own_app;
pub mod screenshots;
pub mod stacks;
pub mod states;
pub mod world;
