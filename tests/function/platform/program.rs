//! The function's program: built from this workspace or unpacked from the archive that `FUNCTION_ARCHIVE` names. If it
//! is for another processor, it runs under the emulator command in `FUNCTION_UNDER`. `cargo xtask test` sets both
//! variables.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A command that starts the program with an empty environment.
pub fn command() -> Command {
    let under = std::env::var("FUNCTION_UNDER").unwrap_or_default();
    let mut under = under.split_whitespace();
    let mut command = match under.next() {
        Some(emulator) => {
            let mut command = Command::new(emulator);
            command.args(under).arg(path());
            command
        }
        None => Command::new(path()),
    };
    command.env_clear();
    command
}

/// The path of the program.
pub fn path() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| match std::env::var_os("FUNCTION_ARCHIVE") {
        Some(archive) => deploy::build::unpack(Path::new(&archive)).expect("the archive is valid"),
        None => {
            let cargo = Command::new(env!("CARGO"))
                .args([
                    "build",
                    "--quiet",
                    "--locked",
                    "--package",
                    "function",
                    "--message-format=json-render-diagnostics",
                ])
                .current_dir(xtask::workspace())
                .output()
                .expect("cargo starts");
            assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
            let messages = String::from_utf8(cargo.stdout).expect("cargo's messages are UTF-8");
            let executables = messages.lines().filter_map(|line| {
                let message: serde_json::Value = serde_json::from_str(line).ok()?;
                message["executable"].as_str().map(PathBuf::from)
            });
            executables.max().expect("the package has an executable")
        }
    })
}
