//! The server: routes, and connections that can be cut without an answer.
//!
//! `axum::serve` hides its connections, and a provider that hangs up is one of the faults.

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
use super::{avatar, control, misbehave, seen};

/// Who sent a request, and the connection it came by.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) address: IpAddr,
    hang_up: Arc<Notify>,
}

impl Caller {
    pub(super) fn of(request: &Request) -> &Self {
        request.extensions().get().expect("the server adds the caller to every request")
    }

    /// Resets the connection, with nothing sent that was not sent before.
    pub(super) fn hang_up(&self) {
        self.hang_up.notify_one();
    }
}

pub(super) fn app(provider: Arc<Provider>) -> Router {
    let app = provider
        .ways()
        .routes()
        .route("/avatars/demo.svg", get(avatar::avatar))
        .route(control::FAULT, put(control::set_fault))
        .route(control::EMULATOR, delete(control::reset))
        // The last layer is the first to see a request.
        .layer(from_fn_with_state(Arc::clone(&provider), misbehave::misbehave));
    provider
        .ways()
        .guarded(app, &provider)
        .layer(from_fn_with_state(Arc::clone(&provider), seen::record))
        .with_state(provider)
}

/// Serves until the other end of `alive` is dropped, then closes every connection, also those
/// whose answer is still to come.
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
                // Such as too many open files: it may pass, and trying at once would spin.
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
        // A connection that ends in an error is the caller's affair.
        _ = &mut connection => {}
        () = hang_up.notified() => {
            let stream = connection.into_parts().io.into_inner();
            // Without it the caller would see an orderly end; that, too, is no answer.
            let _ = stream.set_zero_linger();
        }
    }
}
