//! Builds what is deployed, deploys it to AWS, checks it from outside, and deletes it.
//!
//! [`build`] builds the site and the function's archives; [`Plan`] deploys them; [`doctor`], [`rollback`], [`rotate`]
//! and [`destroy`] operate on an existing deployment; [`provider`] reads a server's metadata. The site's headers are
//! defined once, in `function/template.yaml`; [`headers`] reads them for the deployment and for the local edge.

pub mod addresses;
#[cfg(feature = "program")]
mod archive;
#[cfg(feature = "program")]
mod aws;
#[cfg(feature = "program")]
mod bucket;
#[cfg(feature = "program")]
pub mod build;
#[cfg(feature = "program")]
mod check;
#[cfg(feature = "program")]
mod concurrency;
#[cfg(feature = "program")]
mod deploy;
#[cfg(feature = "program")]
pub mod destroy;
#[cfg(feature = "program")]
pub mod doctor;
#[cfg(feature = "program")]
mod document;
pub mod env_file;
#[cfg(feature = "program")]
mod finish;
#[cfg(feature = "program")]
mod former;
mod hash;
pub mod headers;
#[cfg(feature = "program")]
mod invalidate;
pub mod kinds;
#[cfg(feature = "program")]
mod labels;
#[cfg(feature = "program")]
mod lambda;
#[cfg(feature = "program")]
mod limits;
#[cfg(feature = "program")]
mod order;
pub mod origins;
#[cfg(feature = "program")]
mod place;
#[cfg(feature = "program")]
mod plan;
#[cfg(feature = "program")]
mod prepare;
#[cfg(feature = "program")]
mod present;
#[cfg(feature = "program")]
pub mod provider;
#[cfg(feature = "program")]
mod redirects;
#[cfg(feature = "program")]
mod region;
#[cfg(feature = "program")]
mod release;
#[cfg(feature = "program")]
mod render;
#[cfg(feature = "program")]
pub mod rollback;
#[cfg(feature = "program")]
pub mod rotate;
#[cfg(feature = "program")]
mod rotation;
#[cfg(feature = "program")]
mod secrets;
#[cfg(feature = "program")]
mod settings;
#[cfg(feature = "program")]
pub mod site;
#[cfg(feature = "program")]
mod smoke;
#[cfg(feature = "program")]
mod stack;
#[cfg(feature = "program")]
mod tag;
pub mod template;
#[cfg(feature = "program")]
mod upload;
#[cfg(feature = "program")]
mod web;
#[cfg(feature = "program")]
mod which;

use std::path::{Path, PathBuf};

#[cfg(feature = "program")]
pub use deploy::run;
pub use hash::sha256;
#[cfg(feature = "program")]
pub use order::{Options, Order};
#[cfg(feature = "program")]
pub use place::{Built, Place};
#[cfg(feature = "program")]
pub use plan::{Deployed, Plan};
#[cfg(feature = "program")]
pub use render::render;
#[cfg(feature = "program")]
pub use which::Which;

/// The root of the workspace.
pub fn workspace() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).to_owned()
}

/// The deployment's template.
pub fn template_path() -> PathBuf {
    workspace().join("function/template.yaml")
}

/// Reports progress on standard error; standard output is for results.
fn say(text: &str) {
    eprintln!("{text}");
}
