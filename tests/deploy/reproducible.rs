//! The same source gives the same archives, wherever it is: anyone who doubts what is deployed can build it again. The
//! archives have to be built already, and their tools to be on the `PATH`: `cargo xtask test` sees to both.

#[test]
fn the_same_archives_come_out_of_another_folder() -> anyhow::Result<()> {
    deploy::build::check_reproducible()
}
