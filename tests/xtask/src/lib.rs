//! The set-up of tools, and processes that leave nothing behind: what `cargo xtask` and the test suites start from.

mod documented;

pub mod budget;
pub mod process;
pub mod statistics;
pub mod tools;

use std::path::{Path, PathBuf};

pub use documented::documented;

/// The root of the workspace.
pub fn workspace() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).to_owned()
}

/// The providers that there are emulators of, as their presets are called. This program knows none of them, so that it is
/// compiled in seconds; a test of the package `stack` compares them with the emulators.
pub const PROVIDERS: [&str; 18] = [
    "aniapi",
    "anilist",
    "annict",
    "auth0",
    "bangumi",
    "discord",
    "github",
    "gitlab",
    "google",
    "keycloak",
    "microsoft",
    "myanimelist",
    "shikimori",
    "simkl",
    "spotify",
    "trakt",
    "twitch",
    "oauth2",
];
