//! A small HTTP client that keeps cookies and follows no redirects, so that tests see every response.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// A browser with one connection pool and one cookie.
pub(crate) struct Browser {
    client: Client<HttpConnector, Body>,
    cookie: Option<String>,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http(), cookie: None }
    }

    pub(crate) async fn get(&mut self, url: &str) -> Answer {
        self.send("GET", url, &[], "").await
    }

    pub(crate) async fn post(&mut self, url: &str, body: &str) -> Answer {
        self.send("POST", url, &[], body).await
    }

    pub(crate) async fn send(&mut self, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.try_send(method, url, headers, body).await.expect("there is a response")
    }

    /// Fails if the connection breaks before the response is complete.
    pub(crate) async fn try_send(
        &mut self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        let request = request.body(Body::from(body.to_owned()))?;

        let (parts, body) = self.client.request(request).await?.into_parts();
        if let Some(cookie) = parts.headers.get("set-cookie") {
            let (pair, _) = cookie.to_str()?.split_once(';').ok_or("a bare cookie")?;
            self.cookie = Some(pair.to_owned());
        }
        Ok(Answer { status: parts.status, headers: parts.headers, body: to_bytes(Body::new(body), usize::MAX).await? })
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("the emulator's headers are printable"))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the emulator's texts are UTF-8")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// A status without a body, as for AniAPI's unhandled exceptions.
    pub(crate) fn is_bare(&self, status: u16) -> bool {
        self.status == status && self.body.is_empty()
    }
}

/// An address with a query, each value encoded.
pub(crate) fn with_query(url: &str, pairs: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{url}?{query}")
}
