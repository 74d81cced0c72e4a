//! What runs a program of Lambda's arm64 on a machine with another processor: QEMU for one program, and the C library that
//! the program looks for.

use std::env::consts::{ARCH, OS};
use std::path::{Path, PathBuf};

use anyhow::bail;

use super::debian;
use super::progress::{say, step};
use super::search::on_path;

/// As it is called where it was linked dynamically, and where not.
const PROGRAMS: [&str; 2] = ["qemu-aarch64", "qemu-aarch64-static"];
const PACKAGES: [&str; 2] = ["qemu-user", "libc6-arm64-cross"];
/// Where Debian keeps another processor's C library, and the file in it that starts every program.
const LIBRARIES: &str = "/usr/aarch64-linux-gnu";
const LOADER: &str = "lib/ld-linux-aarch64.so.1";

/// How a program of arm64 is run here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arm64 {
    /// This machine is one.
    Native,
    /// By this program, with the libraries below this folder.
    Emulated {
        /// QEMU.
        qemu: PathBuf,
        /// What stands in place of `/` when a program looks for its libraries.
        libraries: PathBuf,
    },
    /// It cannot be: the reason is told when it is found out.
    NotHere,
}

/// Finds it, or installs Debian's. There is no other way to it, so it may be missing.
pub(super) fn ensure() -> Arm64 {
    if (OS, ARCH) == ("linux", "aarch64") {
        return Arm64::Native;
    }
    if let Some(found) = find() {
        return found;
    }
    let installed = step("qemu", "installing Debian's, with the C library of arm64", || {
        if OS != "linux" {
            bail!("it runs programs of Linux on Linux alone");
        }
        debian::apt_install(&PACKAGES)
    });
    if let Err(error) = installed {
        say("qemu", &format!("not to be had, so nothing of arm64 is run here: {error:#}"));
    }
    find().unwrap_or(Arm64::NotHere)
}

fn find() -> Option<Arm64> {
    let qemu = PROGRAMS.iter().find_map(|name| on_path(name).into_iter().next())?;
    let libraries = Path::new(LIBRARIES);
    libraries.join(LOADER).exists().then(|| Arm64::Emulated { qemu, libraries: libraries.to_owned() })
}
