//! Tests that the emulator behaves like AniAPI in everything that could affect the app or the function, and that the
//! other emulators have the deviations of their services.

mod api;
mod authorize;
mod client;
mod control;
mod exchange;
mod faults;
mod http;
mod login;
mod profile;
mod program;
mod rate_limit;
mod refresh;
mod revoke;
mod services;

use emulator::aniapi::{Emulator, Options};
use tokio::net::TcpListener;

/// An emulator for one test, on a free port.
async fn emulator() -> Emulator {
    emulator_with(Options::default()).await
}

async fn emulator_with(options: Options) -> Emulator {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    Emulator::start(listener, options).await.expect("the listener is on a loopback address")
}

/// The contract's three minutes, for codes and pending authorization requests.
const THREE_MINUTES: std::time::Duration = std::time::Duration::from_secs(180);

/// A short time compared with three minutes.
const A_MOMENT: std::time::Duration = std::time::Duration::from_secs(30);
