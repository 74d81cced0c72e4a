//! `cargo xtask dev`: everything on this machine.

/// Runs `cargo xtask dev`.
pub fn run(_arguments: &[String]) -> anyhow::Result<()> {
    anyhow::bail!("not written yet")
}
