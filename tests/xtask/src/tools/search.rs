//! Finds programs on the `PATH`.

use std::env;
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Every program with this name on the `PATH`, in order.
pub(super) fn on_path(name: &str) -> Vec<PathBuf> {
    env::var_os("PATH").map_or_else(Vec::new, |path| on(&path, name))
}

/// Whether this is an executable file.
pub(super) fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

fn on(path: &OsStr, name: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in env::split_paths(path) {
        let program = folder.join(name);
        if is_program(&program) && !found.contains(&program) {
            found.push(program);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_once_in_path_order() {
        let path = OsStr::new("/nowhere:/bin:/usr/bin:/bin");
        let found = on(path, "sh");
        assert_eq!(found.first(), Some(&PathBuf::from("/bin/sh")));
        assert_eq!(found.iter().filter(|program| program.starts_with("/bin")).count(), 1);
    }

    #[test]
    fn file_without_execute_permission_is_no_program() {
        assert!(!is_program(Path::new("/etc/passwd")));
        assert!(!is_program(Path::new("/etc")));
    }
}
