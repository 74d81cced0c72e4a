//! Builds what is deployed, puts it on AWS, checks it from outside, and takes it away.
//!
//! [`build`] makes the site and the function's archives; [`Plan`] deploys them; [`doctor`] and [`destroy`] are for a
//! deployment that is there; [`provider`] reads a server's metadata. The site's headers are written once, in
//! `function/template.yaml`, and read by [`headers`], for the deployment and for the local edge.

#[cfg(feature = "program")]
mod aws;
#[cfg(feature = "program")]
pub mod build;
#[cfg(feature = "program")]
mod client;
#[cfg(feature = "program")]
pub mod destroy;
#[cfg(feature = "program")]
pub mod doctor;
mod hash;
pub mod headers;
#[cfg(feature = "program")]
mod order;
#[cfg(feature = "program")]
mod plan;
#[cfg(feature = "program")]
pub mod provider;
#[cfg(feature = "program")]
mod stack;
pub mod template;
#[cfg(feature = "program")]
mod upload;
#[cfg(feature = "program")]
mod web;

use std::path::{Path, PathBuf};

pub use hash::sha256;
#[cfg(feature = "program")]
pub use order::{Options, Order};
#[cfg(feature = "program")]
pub use plan::{Built, Deployed, Place, Plan, run};

/// The root of the workspace.
pub fn workspace() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).to_owned()
}

/// The deployment's template.
pub fn template_path() -> PathBuf {
    workspace().join("function/template.yaml")
}

#[cfg(feature = "program")]
/// Reports progress to the person, on the standard error: the standard output is for results.
fn say(text: &str) {
    eprintln!("{text}");
}
