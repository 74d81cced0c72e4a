//! Every command has `--help`, including those that are separate programs.

use xtask::documented;

#[test]
fn every_command_has_help() {
    for (mut command, words) in [
        (documented("cargo xtask dev"), "--provider"),
        (documented("cargo xtask dev"), "--session"),
        (documented("cargo xtask test"), "Run every test"),
        (documented("cargo xtask setup"), "--list"),
        (documented("cargo xtask screenshots"), "--yes"),
        (documented("cargo xtask build"), "function-arm64"),
        (documented("cargo xtask trace"), "standard input"),
        (documented("cargo xtask deploy"), "--secret-stdin"),
        (documented("cargo xtask doctor"), "--function-url"),
        (documented("cargo xtask rollback"), "--dry-run"),
        (documented("cargo xtask rotate-session-key"), "--force"),
        (documented("cargo xtask destroy"), "--yes"),
        (documented("cargo xtask provider"), "<ISSUER>"),
        (documented("cargo xtask bench"), "page"),
    ] {
        let output = command.arg("--help").output().expect("cargo starts");
        let help = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(help.contains("Usage: cargo xtask") && help.contains(words), "{command:?}: {help}");
    }
}

#[test]
fn every_tool_is_listed_with_its_purpose() {
    let output = documented("cargo xtask setup --list").output().expect("cargo starts");
    let list = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && list.contains("trunk           builds the app"), "{list}");
}
