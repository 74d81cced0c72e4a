//! Real browsers for the end-to-end tests. [`driver`] starts a browser, [`world`] has a person's actions, and
//! [`states`] leads to every state of the app.

#![allow(missing_docs, reason = "these are helpers of the end-to-end tests with descriptive names")]

pub mod canned;
pub mod driver;
pub mod late;
pub mod own_app;
pub mod profile;
pub mod screenshots;
pub mod sessions;
pub mod stacks;
pub mod states;
pub mod world;
