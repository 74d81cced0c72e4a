//! The attacker's web site: a different site from the app's, which serves the attacker's page at every address.

use anyhow::Result;
use axum::Router;
use axum::response::Html;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub struct Attacker {
    url: String,
    server: JoinHandle<()>,
}

impl Attacker {
    /// Serves the page. `127.0.0.1` is a different site from `localhost`, with its own cookies, storage and origin.
    pub async fn start(page: String) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = Router::new().fallback(move || async move { Html(page) });
        let server = tokio::spawn(async move {
            // It runs until it is aborted.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, server })
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Attacker {
    fn drop(&mut self) {
        self.server.abort();
    }
}
