//! The attacker's web site: another site than the app's, with a page of the attacker's making at every address.

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
    /// Serves the page. `127.0.0.1` is another site than `localhost`, so its cookies, storage and origin are others.
    pub async fn start(page: String) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = Router::new().fallback(move || async move { Html(page) });
        let server = tokio::spawn(async move {
            // It ends only by being aborted.
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
