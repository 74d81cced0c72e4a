//! The event files for `cargo lambda invoke` are valid requests.

use std::path::Path;

use crate::bench::{Function, env};

#[tokio::test]
async fn each_event_file_gets_the_expected_response() {
    let mut env = env("http://127.0.0.1:1");
    env.insert("OAUTH_REDIRECT_URIS", "http://localhost:3000/auth".into());
    let function = Function::new(&env);
    for (file, status, expected) in [
        ("config.json", 200, "providers"),
        ("health.json", 204, ""),
        // Nothing listens at the provider's address. An invalid request would fail earlier, with another error.
        ("token.json", 502, "provider_unreachable"),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../function/events").join(file);
        let event = std::fs::read_to_string(path).expect("the file is there");
        let request = lambda_http::request::from_str(&event).expect("it is an HTTP event");
        let answer = function.call(request).await;
        assert_eq!(answer.status.as_u16(), status, "{file}");
        assert!(String::from_utf8_lossy(&answer.body).contains(expected), "{file}");
    }
}
