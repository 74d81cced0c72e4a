//! Token settings, over HTTP and as options.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use emulator::{Emulator, Options, Service, Tokens};
use serde_json::{Value, json};

use crate::client::{emulator_of, is_accepted, log_in, others, renew, text};
use crate::http::{Answer, Browser};

async fn put(emulator: &Emulator, body: &str) -> Answer {
    Browser::new().send("PUT", &format!("{}/_emulator", emulator.url()), &[], body).await
}

async fn set(emulator: &Emulator, tokens: Value) {
    let answer = put(emulator, &tokens.to_string()).await;
    assert_eq!(answer.status, 204, "{tokens}: {}", answer.text());
}

#[tokio::test]
async fn access_token_lifetime_can_be_set() {
    for service in others() {
        let emulator = emulator_of(service).await;
        set(&emulator, json!({ "access_token_s": 50 })).await;
        let login = log_in(&emulator).await;
        assert_eq!(login["expires_in"], 50, "{service:?}");
        let token = text(&login, "access_token");
        // Far enough from the expiry for a slow machine.
        assert!(is_accepted(&emulator, token).await, "{service:?}");
        emulator.advance(Duration::from_secs(50));
        assert!(!is_accepted(&emulator, token).await, "{service:?}");
        assert!(!emulator.is_revoked(token), "{service:?}: expired, not revoked");
    }
}

#[tokio::test]
async fn lifetime_of_a_renewed_access_token_starts_at_the_renewal() {
    let emulator = emulator_of(Service::OAuth2).await;
    set(&emulator, json!({ "access_token_s": 50, "rotate": true })).await;
    let login = log_in(&emulator).await;
    emulator.advance(Duration::from_secs(60));
    let renewed = renew(&emulator, text(&login, "refresh_token")).await.json();
    assert_eq!(renewed["expires_in"], 50);
    assert!(is_accepted(&emulator, text(&renewed, "access_token")).await);
}

#[tokio::test]
async fn aniapi_token_contains_its_expiry() {
    let emulator = crate::emulator().await;
    for (seconds, lasts) in [(Some(50), 50), (None, 30 * 86_400)] {
        match seconds {
            Some(seconds) => set(&emulator, json!({ "access_token_s": seconds, "refresh": true })).await,
            None => emulator.reset(),
        }
        let code = emulator.issue_code("demo@aniapi.test");
        let (id, secret) = Service::AniApi.client();
        let pairs =
            [("client_id", id), ("client_secret", secret), ("code", &code), ("redirect_uri", emulator.redirect_uri())];
        let url = crate::http::with_query(&emulator.token_url(), &pairs);
        let answer = Browser::new().post(&url, "").await.json();
        let token = text(&answer, "data");
        let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).expect("a JWT")).expect("base64url");
        let claims: Value = serde_json::from_slice(&claims).expect("JSON");
        let mut names: Vec<_> = claims.as_object().expect("an object").keys().collect();
        names.sort_unstable();
        assert_eq!(names, ["exp", "id"]);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
        let left = claims["exp"].as_u64().expect("a number") - now;
        assert!((lasts - 30..=lasts).contains(&left), "{left} of {lasts}");
        assert_eq!(emulator.refresh_tokens(), Vec::<String>::new(), "AniAPI has none");
        assert!(is_accepted(&emulator, token).await);
        emulator.advance(Duration::from_secs(lasts));
        assert!(!is_accepted(&emulator, token).await);
    }
}

#[tokio::test]
async fn omitted_settings_are_kept_until_the_reset() {
    let emulator = emulator_of(Service::GitHub).await;
    set(&emulator, json!({ "access_token_s": 50 })).await;
    set(&emulator, json!({ "refresh": true, "rotate": false })).await;
    set(&emulator, json!({})).await;
    let login = log_in(&emulator).await;
    assert_eq!(login["expires_in"], 50);
    let renewed = renew(&emulator, text(&login, "refresh_token")).await.json();
    assert_eq!(renewed.get("refresh_token"), None);

    let url = format!("{}/_emulator", emulator.url());
    assert_eq!(Browser::new().send("DELETE", &url, &[], "").await.status, 204);
    let login = log_in(&emulator).await;
    assert_eq!((login.get("expires_in"), login.get("refresh_token")), (None, None));
    assert_eq!((emulator.renewals(), emulator.renewal_attempts()), (0, 0));
}

#[tokio::test]
async fn reset_restores_the_options() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let tokens = Tokens { access_token_s: Some(50), ..Tokens::default() };
    let emulator = Emulator::start(listener, Options { tokens, ..Options::of(Service::OAuth2) })
        .await
        .expect("the emulator starts");
    emulator.set_tokens(Tokens { access_token_s: Some(70), ..Tokens::default() });
    assert_eq!(log_in(&emulator).await["expires_in"], 70);
    emulator.reset();
    assert_eq!(log_in(&emulator).await["expires_in"], 50);
}

#[tokio::test]
async fn invalid_settings_are_rejected_with_a_reason() {
    let emulator = emulator_of(Service::OAuth2).await;
    for (body, reason) in [
        (r#"{"access_token_s":5,"why":"so"}"#, "why"),
        (r#"{"access_token_s":-1}"#, "-1"),
        (r#"{"access_token_s":"5"}"#, "\"5\""),
        (r#"{"refresh":1}"#, "boolean"),
        ("", "token settings"),
        ("[5]", "token settings"),
    ] {
        let answer = put(&emulator, body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.text().contains(reason), "{body}: {}", answer.text());
    }
    assert_eq!(log_in(&emulator).await["expires_in"], 3600);
}
