//! .

pub mod aniapi;
pub mod artefacts;
pub mod check;
pub mod dev;
pub mod process;
pub mod tools;
pub mod usage;
