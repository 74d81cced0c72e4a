//! The source of the secret: an exchange with the secret from the environment, and one with the secret from Secrets
//! Manager.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use tokio::net::TcpListener;

use crate::api::{Platform, SECRET, token_event};
use crate::upstream::Upstream;

/// A Secrets Manager that responds to every request in the same way.
struct Store {
    url: String,
    asked: Arc<AtomicUsize>,
}

impl Store {
    async fn start(status: StatusCode, answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("the socket is bound"));
        let asked = Arc::new(AtomicUsize::new(0));
        let answering = move |State(asked): State<Arc<AtomicUsize>>| async move {
            asked.fetch_add(1, Ordering::SeqCst);
            (status, answer)
        };
        let routes = Router::new().fallback(answering).with_state(Arc::clone(&asked));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, asked }
    }

    /// The variables of a Lambda function whose secret is in this store.
    fn variables(&self) -> [(&'static str, &str); 5] {
        [
            (
                "OAUTH_CLIENT_SECRET_ARN",
                "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ClientSecretStore-a1b2C3",
            ),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            ("AWS_SESSION_TOKEN", "session/token+of=the-role"),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &self.url),
        ]
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exchange_uses_the_secret_from_the_environment() {
    let upstream = Upstream::start().await;
    let mut platform = Platform::with_provider(&upstream.address).await;
    assert_eq!(platform.request(&token_event("good")).await, 200);
    assert_eq!(upstream.secrets(), [SECRET]);
}

#[tokio::test(flavor = "multi_thread")]
async fn exchange_uses_the_secret_from_secrets_manager() {
    let store = Store::start(StatusCode::OK, r#"{"SecretString":"11111111-2222-3333-4444-666666666666"}"#).await;
    let upstream = Upstream::start().await;
    let mut platform = Platform::with(&upstream.address, &store.variables()).await;
    for code in ["good-1", "good-2"] {
        assert_eq!(platform.request(&token_event(code)).await, 200, "{code}");
    }
    assert_eq!(upstream.secrets(), [SECRET, SECRET]);
    assert_eq!(store.asked.load(Ordering::SeqCst), 1, "the secret is read once, and no request waits for it");
    assert!(!platform.output().contains(SECRET));
}

#[tokio::test(flavor = "multi_thread")]
async fn function_without_its_secret_reports_why_and_exits() {
    let store = Store::start(StatusCode::BAD_REQUEST, r#"{"__type":"AccessDeniedException","Message":"hush"}"#).await;
    let mut platform = Platform::with("127.0.0.1:1", &store.variables()).await;
    assert_eq!(platform.ended().await, Some(1));
    let output = platform.output();
    assert!(output.contains("OAUTH_CLIENT_SECRET_ARN names a secret that this function may not read"), "{output}");
    assert!(!output.contains("hush") && output.trim().lines().count() == 2, "{output}");
}
