//! The event that every function is invoked with.

use serde_json::{Value, json};

/// An event as a function URL sends it.
const EVENT: &str = include_str!("../../../function/events/token.json");

/// The redirect URI of the page that requests tokens.
pub(super) const REDIRECT_URI: &str = "https://app.example/auth";

/// A token request with this code, from that page.
pub(super) fn token_event(code: &str) -> String {
    let mut event: Value = serde_json::from_str(EVENT).expect("a test of the function reads the same file");
    event["headers"]["origin"] = "https://app.example".into();
    let body = json!({ "provider": "aniapi", "code": code, "redirect_uri": REDIRECT_URI });
    event["body"] = body.to_string().into();
    event.to_string()
}
