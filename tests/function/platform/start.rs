//! The binary itself: where the environment is not right it says so once and ends.

use crate::program::command;

#[test]
fn a_faulty_environment_is_told_in_one_message_and_a_non_zero_exit() {
    let output = command()
        .env("OAUTH_CLIENT_SECRET", "hush")
        .env("OAUTH_TIMEOUT_MS", "hush")
        .output()
        .expect("the function runs");
    assert!(!output.status.success());
    let told = String::from_utf8(output.stderr).expect("it is text");
    for variable in ["OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_REDIRECT_URIS", "OAUTH_TIMEOUT_MS"] {
        assert_eq!(told.matches(&format!("  {variable} ")).count(), 1, "{told}");
    }
    assert!(!told.contains("hush"), "{told}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_good_environment_outside_lambda_is_told_what_is_missing() {
    let secret = "11111111-2222-3333-4444-666666666666";
    let output = command()
        .env("OAUTH_CLIENT_ID", "11111111-2222-3333-4444-555555555555")
        .env("OAUTH_CLIENT_SECRET", secret)
        .env("OAUTH_REDIRECT_URIS", "https://app.example/auth")
        .output()
        .expect("the function runs");
    assert!(!output.status.success());
    let told = String::from_utf8(output.stderr).expect("it is text");
    assert!(told.contains("cargo lambda watch") && !told.contains(secret), "{told}");
    assert!(output.stdout.is_empty());
}
