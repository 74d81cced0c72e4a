//! `cargo xtask bench`: the benchmarks are a package outside the workspace, with dependencies that nothing else has.

use anyhow::Result;
use xtask::tools::Toolbox;
use xtask::workspace;

use crate::run::to_end;

/// Runs `cargo xtask bench`.
///
/// # Errors
/// If the benchmarks do not compile, or cannot measure.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut cargo = Toolbox::default().command("cargo");
    cargo.args(["run", "--locked", "--manifest-path", "tests/bench/Cargo.toml", "--"]).args(arguments);
    to_end(cargo.current_dir(workspace()))
}
