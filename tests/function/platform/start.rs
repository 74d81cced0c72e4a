//! The start of the binary: with an invalid environment, it prints one message and exits.

use crate::program::command;

#[test]
fn invalid_environment_ends_in_one_message_and_a_non_zero_exit_code() {
    let output = command()
        .env("OAUTH_CLIENT_SECRET", "hush")
        .env("OAUTH_TIMEOUT_MS", "hush")
        .output()
        .expect("the function runs");
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).expect("the text is UTF-8");
    for variable in ["OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_REDIRECT_URIS", "OAUTH_TIMEOUT_MS"] {
        assert_eq!(message.matches(&format!("  {variable} ")).count(), 1, "{message}");
    }
    assert!(!message.contains("hush"), "{message}");
    assert!(output.stdout.is_empty());
}

#[test]
fn valid_environment_outside_lambda_reports_how_to_run_the_function() {
    let secret = "11111111-2222-3333-4444-666666666666";
    let output = command()
        .env("OAUTH_CLIENT_ID", "11111111-2222-3333-4444-555555555555")
        .env("OAUTH_CLIENT_SECRET", secret)
        .env("OAUTH_REDIRECT_URIS", "https://app.example/auth")
        .output()
        .expect("the function runs");
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).expect("the text is UTF-8");
    assert!(message.contains("cargo lambda watch") && !message.contains(secret), "{message}");
    assert!(output.stdout.is_empty());
}
