//! The local edge: serves the app's origin on this machine as CloudFront serves it for a deployment. It is configured
//! by the deployment's template, so that a mistake there prevents a login here. It covers behaviours and methods, cache
//! keys and TTLs, the headers and cookies that reach the function, signatures, errors and limits. It has no TLS and
//! never serves stale responses.

mod bucket;
mod caching;
mod distribution;
mod edge;
mod function;
mod reload;
mod requests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::http::Method;
use axum::middleware;
use deploy::headers::Headers;
use deploy::{template, template_path};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use self::bucket::Object;
use self::bucket::{Bucket, Folder};
use self::caching::Cache;
use self::distribution::Distribution;
pub use self::edge::Call;
use self::edge::{Edge, locked};
use self::reload::Builds;

/// A running site. Dropping it stops it.
#[derive(Debug)]
pub struct Site {
    edge: Arc<Edge>,
    builds: Option<Arc<Builds>>,
    port: u16,
    servers: Vec<JoinHandle<()>>,
}

impl Site {
    /// Serves the files in `folder`, which are those that a deployment uploads, and the function at the origin
    /// `function`, such as `http://127.0.0.1:9000`, with the `headers` of the deployment.
    ///
    /// # Errors
    /// If there is no listener, or the template cannot be read.
    pub fn start(listeners: Vec<TcpListener>, folder: &Path, function: &str, headers: Headers) -> Result<Self> {
        Self::start_with(None, listeners, folder, function, headers)
    }

    /// The same for development: nothing is cached, files need not be compressed, and [`Site::reload`] reloads open
    /// pages.
    ///
    /// # Errors
    /// As [`Site::start`].
    pub fn start_reloading(
        listeners: Vec<TcpListener>,
        folder: &Path,
        function: &str,
        headers: Headers,
    ) -> Result<Self> {
        Self::start_with(Some(Builds::new()), listeners, folder, function, headers)
    }

    fn start_with(
        builds: Option<Arc<Builds>>,
        listeners: Vec<TcpListener>,
        folder: &Path,
        function: &str,
        headers: Headers,
    ) -> Result<Self> {
        let port = listeners.first().context("no listener to serve on")?.local_addr()?.port();
        let distribution = Distribution::of(&template::read(&template_path())?)?;
        let bucket = Folder { path: folder.to_owned(), headers: headers.clone(), is_plain: builds.is_some() };
        let edge = Arc::new(Edge {
            client: Client::builder(TokioExecutor::new()).build_http(),
            distribution: Arc::new(distribution).into(),
            bucket: Arc::new(Bucket::Folder(Box::new(bucket))).into(),
            headers: headers.into(),
            cache: Cache::default(),
            caches: builds.is_none(),
            function: function.to_owned().into(),
            calls: Vec::new().into(),
            responses: Vec::new().into(),
            session_port: port.into(),
            loses_answers: false.into(),
            held: watch::Sender::new(None),
        });
        let app = Router::new().fallback(edge::answer).with_state(Arc::clone(&edge));
        let router = match &builds {
            Some(builds) => app.layer(middleware::map_response(reload::inject)).merge(builds.routes()),
            None => app,
        };
        let serve = |listener| {
            let router = router.clone();
            tokio::spawn(async move {
                // It runs until it is aborted.
                let _ = axum::serve(listener, router).await;
            })
        };
        Ok(Self { edge, builds, port, servers: listeners.into_iter().map(serve).collect() })
    }

    /// Reloads all open pages, if the site was started with [`Site::start_reloading`].
    pub fn reload(&self) {
        if let Some(builds) = &self.builds {
            builds.next();
        }
    }

    /// The site's origin: `http://localhost:PORT`.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// All requests since the last [`Site::forget`].
    pub fn requests(&self) -> Vec<Call> {
        locked(&self.edge.calls).clone()
    }

    /// The requests for `/api/` among them.
    pub fn calls(&self) -> Vec<Call> {
        let mut calls = self.requests();
        calls.retain(|call| is_for_function(&call.path));
        calls
    }

    /// Headers and bodies of all responses of the function since the site was started, one after the other.
    pub fn responses(&self) -> Vec<u8> {
        locked(&self.edge.responses).clone()
    }

    /// The number of codes that were sent to the function.
    pub fn exchanges(&self) -> usize {
        self.count("POST", "/api/token")
    }

    /// The number of requests with this method and this path, including its query.
    pub fn count(&self, method: &str, path: &str) -> usize {
        locked(&self.edge.calls).iter().filter(|call| call.method == method && call.path == path).count()
    }

    /// Forgets the requests.
    pub fn forget(&self) {
        locked(&self.edge.calls).clear();
    }

    /// Configures the edge by this template from now on, and clears its cache.
    ///
    /// # Errors
    /// If the template has a setting that is not supported here.
    pub fn configure(&self, template: &Value) -> Result<()> {
        *locked(&self.edge.distribution) = Arc::new(Distribution::of(template)?);
        self.invalidate("/*");
        Ok(())
    }

    /// Replaces the content of the bucket by these objects, by their keys, and the headers of pages by these.
    pub fn serve(&self, objects: BTreeMap<String, Object>, headers: Headers) {
        *locked(&self.edge.bucket) = Arc::new(Bucket::Objects(objects));
        *locked(&self.edge.headers) = headers;
        self.invalidate("/*");
    }

    /// Removes cached responses for a path, or for all paths with a prefix that is followed by `*`, like an
    /// invalidation.
    pub fn invalidate(&self, path: &str) {
        self.edge.cache.invalidate(path);
    }

    /// Sets the port in the session cookie's name, `session-PORT`, if it is not the site's own.
    pub fn session_port(&self, port: u16) {
        self.edge.session_port.store(port, Ordering::Relaxed);
    }

    /// Sets whether responses are lost: the function handles each request, but the browser gets 502.
    pub fn lose_answers(&self, loses: bool) {
        self.edge.loses_answers.store(loses, Ordering::Relaxed);
    }

    /// Holds requests with this method and this path (without the query) until [`Site::release`]. They are recorded
    /// when they arrive.
    pub fn hold(&self, method: Method, path: &str) {
        self.edge.held.send_replace(Some((method, path.to_owned())));
    }

    /// Releases held requests.
    pub fn release(&self) {
        self.edge.held.send_replace(None);
    }

    /// Forwards `/api/` to another origin from now on, and removes cached responses of the previous one. An origin at
    /// which nothing listens is a function that is down.
    pub fn point_at(&self, function: &str) {
        function.clone_into(&mut locked(&self.edge.function));
        self.invalidate("/api/*");
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

fn is_for_function(path: &str) -> bool {
    path.starts_with("/api/")
}

#[cfg(test)]
mod tests;
