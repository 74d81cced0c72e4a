//! Optional tools that are only available as system packages: QEMU, which runs the function's arm64 archive on another
//! processor, and Valgrind, which counts instructions.

use std::env::consts::{ARCH, OS};
use std::path::Path;

use anyhow::{Result, bail};

use super::debian;
use super::progress::step;
use super::search::on_path;
use super::toolbox::Found;

/// QEMU's user mode, by its names as a dynamically and as a statically linked program.
const QEMU: [&str; 2] = ["qemu-aarch64", "qemu-aarch64-static"];
/// Debian's folder for arm64's C library, and its dynamic loader.
const LIBRARIES: &str = "/usr/aarch64-linux-gnu";
const LOADER: &str = "lib/ld-linux-aarch64.so.1";

/// Finds or installs QEMU and arm64's C library. On arm64 neither is needed, and none is reported as missing.
pub(super) fn qemu() -> Found {
    if (OS, ARCH) == ("linux", "aarch64") {
        return Found::default();
    }
    let find = || {
        let qemu = QEMU.iter().find_map(|name| on_path(name).into_iter().next())?;
        let libraries = Path::new(LIBRARIES);
        let paths = vec![("qemu-aarch64", qemu), ("aarch64-libraries", libraries.to_owned())];
        libraries.join(LOADER).exists().then(|| Found { paths, ..Found::default() })
    };
    found_or_installed("qemu", &["qemu-user", "libc6-arm64-cross"], find)
}

/// Finds or installs Valgrind.
pub(super) fn valgrind() -> Found {
    let find = || on_path("valgrind").into_iter().next().map(|path| Found::at("valgrind", path));
    found_or_installed("valgrind", &["valgrind"], find)
}

fn found_or_installed(name: &str, packages: &[&str], find: impl Fn() -> Option<Found>) -> Found {
    if let Some(found) = find() {
        return found;
    }
    match install(name, packages) {
        Err(error) => Found::missing(format!("{error:#}")),
        Ok(()) => find().unwrap_or_else(|| Found::missing("its packages do not contain it".to_owned())),
    }
}

fn install(name: &str, packages: &[&str]) -> Result<()> {
    if OS != "linux" {
        bail!("it is only available for Linux");
    }
    step(name, "installing Debian's packages", || debian::apt_install(name, packages))
}
