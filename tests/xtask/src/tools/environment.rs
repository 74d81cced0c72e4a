//! The environment of child processes. `cargo xtask` is itself run by cargo, which sets variables for its own
//! toolchain; a child with another toolchain must not get them.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// rustup's home folder.
fn rustup_home() -> Option<PathBuf> {
    match env::var_os("RUSTUP_HOME") {
        Some(path) => Some(path.into()),
        None => Some(env::home_dir()?.join(".rustup")),
    }
}

/// Removes the variables that `cargo run` has set for this process only.
pub fn clean(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(set_by_cargo_run) {
            command.env_remove(name);
        }
    }
    // cargo puts its toolchain's libraries first.
    for name in ["LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"] {
        let Some(value) = env::var_os(name) else {
            continue;
        };
        match without_toolchain(&value) {
            Some(rest) => command.env(name, rest),
            None => command.env_remove(name),
        };
    }
}

/// If there is a proxy, requests to this machine do not use it.
pub fn no_proxy() -> Vec<(&'static str, String)> {
    const LOOPBACK: &str = "localhost,127.0.0.1,::1";
    let own = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let list = ["no_proxy", "NO_PROXY"].into_iter().find_map(own).map_or_else(
        || LOOPBACK.to_owned(),
        |list| if list.contains(LOOPBACK) { list } else { format!("{list},{LOOPBACK}") },
    );
    vec![("no_proxy", list.clone()), ("NO_PROXY", list)]
}

fn set_by_cargo_run(name: &str) -> bool {
    const NAMES: [&str; 7] = [
        "CARGO",
        "CARGO_BIN_NAME",
        "CARGO_CRATE_NAME",
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_PATH",
        "CARGO_PRIMARY_PACKAGE",
        "RUST_RECURSION_COUNT",
    ];
    NAMES.contains(&name) || name.starts_with("CARGO_PKG_")
}

fn without_toolchain(value: &OsString) -> Option<OsString> {
    let target = env::current_exe().ok();
    let target = target.as_deref().and_then(Path::parent);
    let toolchains = rustup_home().map(|home| home.join("toolchains"));
    let rest = env::split_paths(value).filter(|entry| {
        !target.is_some_and(|path| entry.starts_with(path))
            && !toolchains.as_deref().is_some_and(|path| entry.starts_with(path))
    });
    env::join_paths(rest).ok().filter(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_cargo_run_are_removed_and_others_are_kept() {
        for name in ["CARGO", "CARGO_PKG_NAME", "CARGO_MANIFEST_DIR"] {
            assert!(set_by_cargo_run(name), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_NET_OFFLINE", "PATH"] {
            assert!(!set_by_cargo_run(name), "{name}");
        }
    }
}
