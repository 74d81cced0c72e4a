//! The same source gives the same site and archives in any folder, so that anyone can verify what is deployed. Both
//! must be built already and their tools must be on the `PATH`, as `cargo xtask test` ensures.

#[test]
fn build_in_another_folder_gives_the_same_bytes() -> anyhow::Result<()> {
    deploy::build::check_reproducible()
}
