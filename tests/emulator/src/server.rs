//! The server: routes, and connections that can be reset without a response.
//!
//! It replaces `axum::serve`, which does not give access to its connections.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, put};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use super::provider::Provider;
use super::{api, avatar, control, misbehave, seen};

/// The sender of a request, and its connection.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) address: IpAddr,
    hang_up: Arc<Notify>,
}

impl Caller {
    pub(super) fn of(request: &Request) -> &Self {
        request.extensions().get().expect("the server adds the caller to every request")
    }

    /// Resets the connection without sending anything more.
    pub(super) fn hang_up(&self) {
        self.hang_up.notify_one();
    }
}

pub(super) fn app(provider: Arc<Provider>) -> Router {
    let app = provider
        .behaviour()
        .routes()
        .route("/avatars/demo.svg", get(avatar::avatar))
        .route(control::FAULT, put(control::set_fault))
        .route(control::EMULATOR, delete(control::reset).put(control::set_tokens))
        .merge(api::routes(&provider))
        // The last layer sees a request first.
        .layer(from_fn_with_state(Arc::clone(&provider), misbehave::misbehave));
    provider
        .behaviour()
        .guarded(app, &provider)
        .layer(from_fn_with_state(Arc::clone(&provider), seen::record))
        .with_state(provider)
}

/// Serves until the other end of `alive` is dropped, then closes every connection, even while a response is pending.
pub(super) async fn serve(listener: TcpListener, app: Router, mut alive: watch::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = alive.changed() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(converse(stream, peer, app.clone()));
                }
                // For example too many open files. It may be temporary, and retrying at once would spin.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
    drop(listener);
    connections.shutdown().await;
}

async fn converse(stream: TcpStream, peer: SocketAddr, app: Router) {
    let caller = Caller { address: peer.ip(), hang_up: Arc::default() };
    let hang_up = Arc::clone(&caller.hang_up);
    let app = TowerToHyperService::new(app);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(caller.clone());
        app.call(request)
    });

    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // An error of a connection is a matter for the caller.
        _ = &mut connection => {}
        () = hang_up.notified() => {
            let stream = connection.into_parts().io.into_inner();
            // Without this option the caller would see an orderly end. If it cannot be set, there is still no response.
            let _ = stream.set_zero_linger();
        }
    }
}
