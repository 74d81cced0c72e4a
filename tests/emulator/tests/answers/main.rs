//! Proves that the emulator behaves as AniAPI does, one test for each thing the app or the
//! function could trip over; and what the other services' emulators do in their own ways.

mod authorize;
mod exchange;
mod faults;
mod http;
mod login;
mod profile;
mod program;
mod rate_limit;
mod services;

use emulator::aniapi::{Emulator, Options};
use tokio::net::TcpListener;

/// An emulator of its own for each test, on a free port.
async fn emulator() -> Emulator {
    emulator_with(Options::default()).await
}

async fn emulator_with(options: Options) -> Emulator {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    Emulator::start(listener, options).await.expect("it is a loopback address")
}

/// The contract's three minutes, for codes and waiting requests.
const THREE_MINUTES: std::time::Duration = std::time::Duration::from_secs(180);

/// An instant, next to three minutes.
const A_MOMENT: std::time::Duration = std::time::Duration::from_secs(30);
