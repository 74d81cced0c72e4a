//! The function's program: built from this workspace, or taken out of the archive that `FUNCTION_ARCHIVE` names, and run
//! under the command of `FUNCTION_UNDER` where another processor's is emulated. `cargo xtask test` sets both.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A command that starts it, with nothing in its environment.
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

/// Where it is.
pub fn path() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| match std::env::var_os("FUNCTION_ARCHIVE") {
        Some(archive) => deploy::build::unpack(Path::new(&archive)).expect("it is an archive of ours"),
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
            let messages = String::from_utf8(cargo.stdout).expect("cargo's messages are text");
            let executables = messages.lines().filter_map(|line| {
                let message: serde_json::Value = serde_json::from_str(line).ok()?;
                message["executable"].as_str().map(PathBuf::from)
            });
            executables.max().expect("the function is a program")
        }
    })
}
