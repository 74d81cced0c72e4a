//! Setting up tools, and running processes that leave nothing behind: the basis of `cargo xtask` and of the test
//! suites.

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

/// The providers with emulators, by the names of their presets. This program does not depend on the emulators, so that
/// it compiles in seconds; a test of the package `stack` compares the two lists.
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
